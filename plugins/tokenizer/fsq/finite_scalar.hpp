// Finite scalar quantisation: each of a few numbers is bounded and rounded to one of L_i levels; a code is their
// product.
//
// F. Mentzer, D. Minnen, E. Agustsson, M. Tschannen, Finite Scalar Quantization: VQ-VAE Made Simple, ICLR 2024,
// https://arxiv.org/abs/2309.15505, appendix A.1. With h = (L - 1) (1 - 1e-3) / 2:
//   odd L:   b(v) = h tanh(v)
//   even L:  b(v) = h tanh(v + s) - 1/2, so that L whole numbers lie in its range
//   code = round(b(v)) / floor(L / 2) in [-1, 1], straight-through: d code = d b / floor(L / 2)
// differs: s = atanh(1 / (2 h)), which puts b(0) at 0 exactly; the published program has tan for atanh, equal to the
// third order. Two levels have no middle: s = 0, and the border between them is at 0.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace autodidact::fsq {

class FiniteScalar {
 public:
  // Throws ConfigError unless each of `levels` is at least 2 and their product at most 65536.
  explicit FiniteScalar(const std::vector<std::int64_t>& levels);

  std::int64_t dimension() const { return static_cast<std::int64_t>(levels_.size()); }
  std::int64_t codes() const { return codes_; }  // the product of the levels

  // v (R, d) -> (R, d) in [-1, 1]: not rounded, and rounded with the gradient of what is not.
  at::Tensor open(const at::Tensor& v) const;
  at::Tensor quantise(const at::Tensor& v) const;

  // Codes (R, d) as quantise gives them <-> (R) int64 in [0, codes()). The first dimension counts fastest.
  at::Tensor index_of(const at::Tensor& code) const;
  at::Tensor code_of(const at::Tensor& index) const;

  void to(c10::Device device);

 private:
  at::Tensor bounded(const at::Tensor& v) const;  // b(v)

  std::vector<std::int64_t> levels_;
  std::int64_t codes_ = 1;
  at::Tensor half_, offset_, shift_, width_;  // (d) float32: h, 0 or 1/2, s, floor(L / 2)
  at::Tensor whole_, levels_of_, basis_;      // (d) int64: floor(L / 2), L, products of the levels before
};

}  // namespace autodidact::fsq
