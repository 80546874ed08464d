// The nouns that travel between host and plugins.
//
// Letters: B batch, C channels, L length, N tokens of a series, K vocabulary, D latent channels,
// d code dimension (need not equal D), H' x W' token grid, F pooled width.
//
// Every tensor that crosses is float32, int64, or bool for masks (float64 in golden functions), on the run's
// device, and read-only to the one who receives it. One thread calls an object. What forward, loss and fit_step
// return, and what autograd saved for them, stays valid until that step's backward has ended, whatever is called in
// between; outputs of other calls may alias storage that the next call to the same object reuses.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace autodidact {

class HostServices;

// Where in training a call stands. `call` is 0 for x, 1 and 2 for the augmented views, 8 and up for a target tokenizer.
struct StepInfo {
  std::int64_t epoch = 0;
  std::int64_t step = 0;           // since the start of the stage
  std::int64_t step_in_epoch = 0;
  std::int64_t total_steps = 0;
  std::int64_t total_epochs = 0;
  std::int64_t call = 0;
};

// One stream of tokens: K codes on a grid of height x width positions, row-major h * W' + w, standing in columns
// [first, first + height * width) of the tokens (B, N). Each token is in [0, vocabulary).
struct Stream {
  std::string name;
  std::int64_t height = 1;
  std::int64_t width = 1;
  std::int64_t channels = 0;    // D of the latent map
  std::int64_t vocabulary = 0;  // K
  std::int64_t first = 0;
  std::int64_t count() const { return height * width; }
};
using Layout = std::vector<Stream>;

// A scalar with a name: a loss term (with graph, already weighted) or a number to log (detached).
using Scalars = std::vector<std::pair<std::string, at::Tensor>>;

struct Loss {
  at::Tensor total;  // scalar with graph: the sum of the terms
  Scalars terms;
  Scalars logs;
};

// State of an object. Shapes are fixed when it is created.
struct Parameter {
  std::string name;
  at::Tensor tensor;         // leaf that requires a gradient
  double lr_scale = 1.0;
  bool weight_decay = true;
};
struct Buffer {
  std::string name;
  at::Tensor tensor;
};

// What an object is created for. The last four are empty for tokenizers.
struct Context {
  std::int64_t channels = 1;       // C
  std::int64_t length = 0;         // L
  std::int64_t n_train = 0;
  std::optional<std::int64_t> n_classes;  // none: no labels
  std::int64_t total_steps = 0;
  HostServices* host = nullptr;    // lives longer than the object
  Layout layout;
  std::int64_t pooled = 0;         // F, width of the pooled latents an objective receives
  std::vector<std::optional<at::Tensor>> codebooks;  // per stream (K, d) or none
};

}  // namespace autodidact
