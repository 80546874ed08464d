// A masked token prior: H. Chang, H. Zhang, L. Jiang, C. Liu, W. T. Freeman, "MaskGIT: Masked Generative Image
// Transformer", CVPR 2022, https://arxiv.org/abs/2202.04200; for tokens of time series as in D. Lee, S. Malacarne,
// E. Aune, "Vector Quantized Time Series Generation with a Bidirectional Prior Model", AISTATS 2023,
// https://arxiv.org/abs/2303.04743 (the single-stream form).
#pragma once

#include "autodidact/plugin/plugin.hpp"
#include "masking.hpp"
#include "network.hpp"

namespace autodidact::maskgit {

struct MaskGitOptions {
  NetworkOptions network;
  MaskingOptions masking;
  bool loss_on_all = false;        // else on masked positions
  double p_unconditional = 0.2;
  double label_smoothing = 0.0;
};

class MaskGit final : public Prior, public MaskedLogProbs {
 public:
  // Throws ConfigError for layouts of more than one stream.
  MaskGit(const Params& params, const Context& context);

  // [fitting] Cross-entropy of the masked tokens, masks from generator(Purpose::mask). Logs: share of masked tokens and
  // accuracy on them.
  Loss fit_step(const at::Tensor& tokens, const at::Tensor& y, const StepInfo& info) override;
  at::Tensor sample(std::int64_t n, const at::Tensor& y, std::int64_t first_index, const Params& sample) override;

  MaskedLogProbs* masked_log_probs() override { return this; }
  std::vector<at::Tensor> masked_log_probs(const at::Tensor& tokens, const at::Tensor& mask,
                                           const at::Tensor& y) override;

  // Logits (R, K) at flat rows of ids (B, N) with class guidance: l_none + scale (l_class - l_none); scale 1, or no
  // classes, is the plain network.
  at::Tensor guided_logits(const at::Tensor& ids, const at::Tensor& y, const at::Tensor& rows, double scale) const;

  std::vector<Parameter> parameters() override { return network_.parameters(); }
  std::vector<Buffer> buffers() override { return {}; }
  void train(bool on) override;
  void to(c10::Device device) override;

 private:
  at::Tensor first_logits(std::int64_t n, const at::Tensor& y, double scale) const;
  at::Tensor class_ids(const at::Tensor& y, std::int64_t batch) const;
  void check_tokens(const at::Tensor& tokens) const;

  MaskGitOptions options_;
  HostServices* host_;
  Network network_;
  bool training_ = true;
};

// Parameters as resolved by the host -> options; throws ConfigError with the fix.
MaskGitOptions maskgit_options(const Params& params, const Context& context);

}  // namespace autodidact::maskgit
