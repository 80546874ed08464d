// The supervised feature network behind FID and IS (recipe fcn-1), trained by the protocol's trainer.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "autodidact/plugin/types.hpp"
#include "metrics/measure.hpp"

namespace autodidact {

inline constexpr const char* kFcnRecipe = "fcn-1";

// What a network of this kind is made of; "same" padding, batch norm and ReLU in every block, then the mean over time.
struct FcnDesign {
  struct Layer {
    std::int64_t channels, kernel;
  };
  std::vector<Layer> layers;
  double dropout = 0;  // between blocks, in training
};
const FcnDesign& feature_design();  // recipe fcn-1: 128, 256, 128 channels, kernels 8, 5, 3
const FcnDesign&
classifier_design();  // of the accuracy score: 16, 32, 32, 16 channels, kernels 8, 5, 5, 5, dropout 0.5

class Fcn {
 public:
  // Weights from LibTorch's default generator, as the framework's own default initialisation.
  // Throws DataError for sizes below 1.
  Fcn(std::int64_t channels, std::int64_t length, std::int64_t n_classes, const FcnDesign& design = feature_design());
  ~Fcn();

  // Cross-entropy of a batch, training mode. Dropout draws from LibTorch's default generator.
  at::Tensor loss(const at::Tensor& x, const at::Tensor& y);
  at::Tensor features(const at::Tensor& x);          // (N, width) eval mode, in blocks, no gradient
  at::Tensor logits(const at::Tensor& x);            // (N, n_classes) eval mode, likewise
  at::Tensor logits_of(const at::Tensor& features);  // the same from features already made
  std::vector<Parameter> parameters();
  std::vector<Buffer> buffers();
  // Epochs of the feature network allowed by the recipe: min(max_epochs, max_tflop), work counted from shapes as 3 x
  // forward.
  static std::int64_t epochs(std::int64_t channels, std::int64_t length, std::int64_t n_classes, std::int64_t n_train,
                             std::int64_t max_epochs, double max_tflop);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Extractor fcn_extractor(std::shared_ptr<Fcn> fcn);
// 1000 random kernels for this length and channel count from a fixed seed; (PPV, max) per kernel, rows L2-normalised.
Extractor rocket_extractor(std::int64_t channels, std::int64_t length);
// 84 kernels with 1008 biases from train (N, C, L), whose shape it is for.
Extractor minirocket_extractor(const at::Tensor& train);

}  // namespace autodidact
