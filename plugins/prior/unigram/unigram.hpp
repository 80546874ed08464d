// The floor that any prior must beat: each position draws its token from the frequencies seen there in training,
// independently of all other positions. The maximum-likelihood categorical model with symmetric Dirichlet smoothing
// (see e.g. C. D. Manning, P. Raghavan, H. Schuetze, "Introduction to Information Retrieval", 2008, section 11.3.2).
//
// p(k | position, class) = (count + s / K) / (series + s): `smoothing` s counts as so many series of uniform tokens.
#pragma once

#include <vector>

#include "autodidact/plugin/plugin.hpp"

namespace autodidact::unigram {

class Unigram final : public Prior, public MaskedLogProbs, public ExactLikelihood {
 public:
  Unigram(const Params& params, const Context& context);

  // [fitting] Counts; with labels also per class. Replaces what was counted before.
  void fit(const at::Tensor& tokens, const at::Tensor& y) override;
  at::Tensor sample(std::int64_t n, const at::Tensor& y, std::int64_t first_index, const Params& sample) override;

  MaskedLogProbs* masked_log_probs() override { return this; }
  ExactLikelihood* exact_likelihood() override { return this; }
  std::vector<at::Tensor> masked_log_probs(const at::Tensor& tokens, const at::Tensor& mask,
                                           const at::Tensor& y) override;
  at::Tensor log_likelihood(const at::Tensor& tokens, const at::Tensor& y) override;

  std::vector<Parameter> parameters() override { return {}; }
  std::vector<Buffer> buffers() override;
  void train(bool) override {}
  void to(c10::Device device) override;

 private:
  at::Tensor probabilities(std::size_t stream) const;  // (classes + 1, N_s, K_s) float64
  at::Tensor rows(const at::Tensor& y, std::int64_t batch) const;
  void check_tokens(const at::Tensor& tokens) const;

  Layout layout_;
  std::int64_t tokens_ = 0;   // N of all streams
  std::int64_t classes_ = 0;  // the row `classes_` of the counts holds all series
  double smoothing_;
  HostServices* host_;
  std::vector<at::Tensor> counts_;  // per stream (classes + 1, N_s, K_s) int64
};

}  // namespace autodidact::unigram
