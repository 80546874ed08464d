// Record arrays <-> tensors.
#pragma once

#include <ATen/core/Tensor.h>

#include "results/record.hpp"

namespace autodidact {

Array to_array(const at::Tensor& tensor);  // detached, contiguous, on the CPU
at::Tensor to_tensor(const Array& array);  // owns its memory

}  // namespace autodidact
