// The recurrent networks behind the discriminative and the predictive score (Yoon et al. 2019), trained by the
// protocol.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "autodidact/plugin/types.hpp"

namespace autodidact {

// One layer of gated recurrent units and a linear layer on its outputs.
class Recurrent {
 public:
  // Weights from LibTorch's default generator: U(-b, b), b = 1 / sqrt(units).
  Recurrent(std::int64_t inputs, std::int64_t units, std::int64_t outputs);
  at::Tensor last(const at::Tensor& x) const;   // x (B, C, L) -> (B, outputs) of the last state
  at::Tensor every(const at::Tensor& x) const;  // x (B, C, L) -> (B, L, outputs)
  std::vector<Parameter> parameters() const;

 private:
  at::Tensor states(const at::Tensor& x) const;  // (B, L, units)
  at::Tensor input_, hidden_, input_bias_, hidden_bias_, weight_, bias_;
};

// max(8, 4 C) units. differs: the published floor(C / 2) is none for one channel.
Recurrent discriminator(std::int64_t channels);
at::Tensor discriminator_loss(const Recurrent& network, const at::Tensor& real, const at::Tensor& generated);
// |share of right answers - 1/2| on equally many of both.
double discriminative_score(const Recurrent& network, const at::Tensor& real, const at::Tensor& generated);

// The last channel at t + 1 from the others at t; of one channel from itself. differs: 16 units, not floor(C / 2).
Recurrent predictor(std::int64_t channels);
at::Tensor predictor_loss(const Recurrent& network, const at::Tensor& x);  // mean absolute error, x (B, C, L >= 2)
double predictive_score(const Recurrent& network, const at::Tensor& x);    // the same of many series, block by block

// x (N, C, L) -> each channel's [min, max] of `of` onto [0, 1]; a constant channel onto 0.
at::Tensor unit_range(const at::Tensor& x, const at::Tensor& of);

}  // namespace autodidact
