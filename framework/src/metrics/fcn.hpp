// The supervised feature network behind FID and IS (reference 4.1, recipe fcn-1), trained by the protocol's trainer.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "autodidact/plugin/types.hpp"
#include "metrics/measure.hpp"

namespace autodidact {

inline constexpr const char* kFcnRecipe = "fcn-1";

class Fcn {
 public:
  // Weights from LibTorch's default generator, as the framework's own default initialisation.
  // Throws DataError for sizes below 1.
  Fcn(std::int64_t channels, std::int64_t length, std::int64_t n_classes);
  ~Fcn();

  at::Tensor loss(const at::Tensor& x, const at::Tensor& y);  // cross-entropy of a batch, training mode
  at::Tensor features(const at::Tensor& x);                   // (N, 128) eval mode, in blocks, no gradient
  at::Tensor logits(const at::Tensor& x);                     // (N, n_classes) eval mode, likewise
  at::Tensor logits_of(const at::Tensor& features);           // the same from features already made
  std::vector<Parameter> parameters();
  std::vector<Buffer> buffers();
  // Epochs allowed by the recipe: min(max_epochs, max_tflop), work counted from shapes as 3 x forward.
  static std::int64_t epochs(std::int64_t channels, std::int64_t length, std::int64_t n_classes, std::int64_t n_train,
                             std::int64_t max_epochs, double max_tflop);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Extractor fcn_extractor(std::shared_ptr<Fcn> fcn);
// 1000 random kernels for this length and channel count from a fixed seed; (PPV, max) per kernel, rows L2-normalised.
Extractor rocket_extractor(std::int64_t channels, std::int64_t length);

}  // namespace autodidact
