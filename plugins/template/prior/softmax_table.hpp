// Each position has its own distribution over the codes, whatever stands at other positions: logistic regression on
// class and position (see e.g. C. M. Bishop, Pattern Recognition and Machine Learning, 2006, section 4.3.4).
//
//   p(tokens | y) = prod_n softmax(W[y, n])[tokens_n]
//   loss = mean over series and positions of -log p under the row of all series
//        + the same under the row of the series' class, where there are labels
//
// One table W per stream, a row a class and one more for all series. It starts at 0: every code equally likely.
#pragma once

#include "autodidact/plugin/plugin.hpp"

namespace autodidact::softmax_table {

class SoftmaxTable final : public Prior, public MaskedLogProbs, public ExactLikelihood {
 public:
  SoftmaxTable(const Params& params, const Context& context);

  Loss fit_step(const at::Tensor& tokens, const at::Tensor& y, const StepInfo& info) override;
  at::Tensor sample(std::int64_t n, const at::Tensor& y, std::int64_t first_index, const Params& sample) override;

  MaskedLogProbs* masked_log_probs() override { return this; }
  ExactLikelihood* exact_likelihood() override { return this; }
  std::vector<at::Tensor> masked_log_probs(const at::Tensor& tokens, const at::Tensor& mask,
                                           const at::Tensor& y) override;
  at::Tensor log_likelihood(const at::Tensor& tokens, const at::Tensor& y) override;

  std::vector<Parameter> parameters() override;
  std::vector<Buffer> buffers() override { return {}; }
  void train(bool) override {}  // the same in training and evaluation
  void to(c10::Device device) override;

 private:
  // (B): the class, or without labels the row of all series.
  at::Tensor rows(const at::Tensor& y, std::int64_t batch) const;
  // (B), with graph: log p of whole series.
  at::Tensor log_probability(const at::Tensor& tokens, const at::Tensor& row) const;

  Layout layout_;
  std::int64_t tokens_ = 0;  // N of all streams
  std::int64_t classes_;     // also the row of all series
  double speed_;
  HostServices* host_;
  std::vector<at::Tensor> tables_;  // [fitting] per stream (classes + 1, N_s, K_s)
};

}  // namespace autodidact::softmax_table
