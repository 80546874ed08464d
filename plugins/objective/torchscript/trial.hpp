// A script is tried before it is trusted with a training.
#pragma once

#include <cstdint>

#include "script.hpp"

namespace autodidact::torchscript {

// Calls a copy of `script` in train mode on made-up embeddings of `pooled` features, at two sizes of batch. Throws
// ConfigError, naming what was found, what is expected and the fix, unless it gives a finite scalar with finite
// gradients for its inputs, writes to neither input and keeps its state in parameters and buffers. The script and the
// default generator are left as they were.
void try_script(const Script& script, std::int64_t pooled);

}  // namespace autodidact::torchscript
