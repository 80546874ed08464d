// A codebook moved by exponential averages of what is assigned to it.
//
// A. van den Oord et al., Neural Discrete Representation Learning, NeurIPS 2017, appendix A.1. With n_k vectors z_i
// assigned to code k in a batch, and decay g:
//   N_k <- g N_k + (1 - g) n_k,   m_k <- g m_k + (1 - g) sum of z_i,   e_k = m_k / N'_k,
//   N'_k = (N_k + eps) / (sum N + K eps) * sum N
// differs: N_k starts at 1, not 0. From 0, a code that the first batch misses is divided by about eps and thrown 1e5
// away. differs: a k-means start stores sums that belong to its centroids (m_k = N_k e_k), and a revived code gets all
// three of e_k, N_k and m_k; older code sets only some, and the next step undoes it. `legacy` repeats both defects and
// N_k = 0.
//
// All arithmetic is float32 (float64 in checks), whatever the precision of the networks around it.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <functional>
#include <string>

#include "common/nn/state.hpp"

namespace autodidact::vq {

struct CodebookOptions {
  std::int64_t codes = 32;      // K
  std::int64_t dimension = 64;  // d
  double decay = 0.9;
  double eps = 1e-5;
  bool kmeans = false;  // start from the centroids of the first batch
  std::int64_t kmeans_iterations = 10;
  double revival_threshold = 0.0;  // codes with N_k below it are replaced after each step; 0 never
  bool legacy = false;
};

class Codebook {
 public:
  // [fitting] Codes ~ N(0, 1) from the default generator.
  explicit Codebook(const CodebookOptions& options);

  const CodebookOptions& options() const { return options_; }
  const at::Tensor& codes() const { return codes_; }  // (K, d)
  const at::Tensor& sizes() const { return sizes_; }  // (K) N_k
  const at::Tensor& sums() const { return sums_; }    // (K, d) m_k

  // (R, d) -> (R) int64, the nearest code of each row, the first of equals.
  at::Tensor assign(const at::Tensor& z) const;
  // (R, d), tau > 0 -> (R) int64, drawn from softmax(-|z - e_k|^2 / tau).
  at::Tensor draw(const at::Tensor& z, double tau, at::Generator generator) const;
  at::Tensor look_up(const at::Tensor& index) const;  // (...) int64 -> (..., d)

  // [fitting] Before the first assignment of a training step: the k-means start, once. z (R, d). `generator` is asked
  // for randomness only if there is something to draw.
  using Randomness = std::function<at::Generator()>;
  // What `made` gives when it is first asked, and the same whenever it is asked again.
  static Randomness once(Randomness made);
  void start(const at::Tensor& z, const Randomness& generator);
  // [fitting] One step of the averages from rows z (R, d) and their assignments (R), then revival.
  void update(const at::Tensor& z, const at::Tensor& index, const Randomness& generator);

  void list(const std::string& name, nn::State& out) const;
  // For checks: take this state, in its type.
  void set(const at::Tensor& codes, const at::Tensor& sizes, const at::Tensor& sums);

 private:
  void revive(const at::Tensor& z, const Randomness& generator);

  CodebookOptions options_;
  at::Tensor codes_, sizes_, sums_;
  at::Tensor started_;  // (1) int64, 1 after the k-means start; undefined without k-means
};

// How evenly codes are used. index (R) int64 in [0, K).
struct Usage {
  at::Tensor perplexity;  // exp(-sum p ln(p + 1e-10)), at most K
  at::Tensor used;        // number of codes that occur
};
Usage usage(const at::Tensor& index, std::int64_t codes);

}  // namespace autodidact::vq
