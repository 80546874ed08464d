// A Markov chain over the tokens of each stream: smoothed n-grams, the second floor for priors beside `unigram`. What
// is counted and how it is smoothed stands in context_tree.hpp (MacKay and Peto, 1995).
//
// One chain for each stream, in row-major order of its grid, so n-grams never cross streams. Counted per class, and
// over all series for what is asked without a class.
#pragma once

#include <vector>

#include "autodidact/plugin/plugin.hpp"
#include "context_tree.hpp"

namespace autodidact::markov {

class Markov final : public Prior, public MaskedLogProbs, public ExactLikelihood {
 public:
  Markov(const Params& params, const Context& context);

  // [fitting] Keeps tokens and labels. Replaces what was kept before.
  void fit(const at::Tensor& tokens, const at::Tensor& y) override;
  at::Tensor sample(std::int64_t n, const at::Tensor& y, std::int64_t first_index, const Params& sample) override;

  // Exact for contexts of at most one token. Longer ones would need a sum over K^order states a position: null.
  MaskedLogProbs* masked_log_probs() override { return order_ <= 1 ? this : nullptr; }
  ExactLikelihood* exact_likelihood() override { return this; }
  std::vector<at::Tensor> masked_log_probs(const at::Tensor& tokens, const at::Tensor& mask,
                                           const at::Tensor& y) override;
  at::Tensor log_likelihood(const at::Tensor& tokens, const at::Tensor& y) override;

  std::vector<Parameter> parameters() override { return {}; }
  std::vector<Buffer> buffers() override { return state_; }
  void train(bool) override {}
  void to(c10::Device device) override;

 private:
  using Trees = std::vector<std::vector<ContextTree>>;  // [stream][class; the last counts all series]
  const Trees& trees();
  void recount();
  void check_tokens(const at::Tensor& tokens) const;
  at::Tensor rows(const at::Tensor& y, std::int64_t batch) const;
  at::Tensor masked_of_stream(std::size_t stream, const at::Tensor& tokens, const at::Tensor& mask,
                              const at::Tensor& row);

  Layout layout_;
  std::int64_t tokens_ = 0;  // N of all streams
  std::int64_t classes_ = 0;
  std::int64_t order_;
  bool per_position_;
  double smoothing_;
  HostServices* host_;
  std::vector<Buffer> state_;        // tokens (n_train, N), labels (n_train), series (1)
  std::vector<at::Tensor> counted_;  // copies of the state that trees_ was counted from
  Trees trees_;
};

}  // namespace autodidact::markov
