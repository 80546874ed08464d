#include "common/nn/embedding.hpp"

#include <ATen/ATen.h>

namespace autodidact::nn {

Embedding::Embedding(std::int64_t rows, std::int64_t width) : weight(leaf(at::randn({rows, width}))) {}

at::Tensor Embedding::operator()(const at::Tensor& index) const { return at::embedding(weight, index); }

}  // namespace autodidact::nn
