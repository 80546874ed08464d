// From hidden states to logits over the vocabulary: the two forms of the thesis' priors.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "common/nn/linear.hpp"
#include "common/nn/state.hpp"

namespace autodidact::maskgit {

class Head {
 public:
  virtual ~Head() = default;
  // h (R, E), position (R) int64 in [0, N) -> (R, K)
  virtual at::Tensor logits(const at::Tensor& h, const at::Tensor& position) const = 0;
  virtual void list(nn::State& out) const = 0;
};

// Products with the vectors of the input table, and a bias per position and code.
class TiedHead final : public Head {
 public:
  // table (K + 1, E), whose last row is the mask.
  TiedHead(const at::Tensor& table, std::int64_t tokens);
  at::Tensor logits(const at::Tensor& h, const at::Tensor& position) const override;
  void list(nn::State& out) const override;

 private:
  at::Tensor table_;
  at::Tensor bias_;  // (N, K + 1)
};

// A layer of its own, the same at each position.
class FreeHead final : public Head {
 public:
  FreeHead(std::int64_t width, std::int64_t codes) : linear_(width, codes) {}
  at::Tensor logits(const at::Tensor& h, const at::Tensor& position) const override;
  void list(nn::State& out) const override { linear_.list("head_codes", out); }

 private:
  nn::Linear linear_;
};

}  // namespace autodidact::maskgit
