// Tokens one after the other: p(x) = prod_i p(x_i | x_0, ..., x_{i-1}, class), by a causal transformer (A. Vaswani et
// al., "Attention is all you need", NIPS 2017, https://arxiv.org/abs/1706.03762). An autoregressive prior over the
// codes of a VQ model is that of A. van den Oord, O. Vinyals, K. Kavukcuoglu, "Neural Discrete Representation
// Learning", NIPS 2017, https://arxiv.org/abs/1711.00937, section 3.3.
//
// differs: they use a PixelCNN on images and a WaveNet on audio.
#pragma once

#include "autodidact/plugin/plugin.hpp"
#include "network.hpp"

namespace autodidact::autoregressive {

struct AutoregressiveOptions {
  DecoderOptions decoder;
  double p_unconditional = 0.2;
  double label_smoothing = 0.0;
  double dropout = 0.0;
};

class Autoregressive final : public Prior, public ExactLikelihood {
 public:
  Autoregressive(const Params& params, const Context& context);

  // [fitting] Cross-entropy, the mean over all positions in nats a token. Logs: accuracy of the most likely token; with
  // several streams both also for each.
  Loss fit_step(const at::Tensor& tokens, const at::Tensor& y, const StepInfo& info) override;
  at::Tensor sample(std::int64_t n, const at::Tensor& y, std::int64_t first_index, const Params& sample) override;

  // Hidden tokens between visible ones would need a sum over all that could follow: masked_log_probs stays null.
  ExactLikelihood* exact_likelihood() override { return this; }
  at::Tensor log_likelihood(const at::Tensor& tokens, const at::Tensor& y) override;

  std::vector<Parameter> parameters() override { return network_.parameters(); }
  std::vector<Buffer> buffers() override { return {}; }
  void train(bool on) override { training_ = on; }
  void to(c10::Device device) override;

 private:
  at::Tensor class_ids(const at::Tensor& y, std::int64_t batch) const;
  void check_tokens(const at::Tensor& tokens) const;
  std::vector<at::Tensor> targets(const at::Tensor& tokens) const;

  AutoregressiveOptions options_;
  Layout layout_;
  std::int64_t tokens_;  // N of all streams
  std::int64_t classes_;
  HostServices* host_;
  Network network_;
  bool training_ = true;
};

AutoregressiveOptions autoregressive_options(const Params& params, const Context& context);

}  // namespace autodidact::autoregressive
