// A masked token prior: H. Chang, H. Zhang, L. Jiang, C. Liu, W. T. Freeman, "MaskGIT: Masked Generative Image
// Transformer", CVPR 2022, https://arxiv.org/abs/2202.04200; for tokens of time series, in one stream or several, each
// conditioned on those before it, as in D. Lee, S. Malacarne, E. Aune, "Vector Quantized Time Series Generation with a
// Bidirectional Prior Model", AISTATS 2023, https://arxiv.org/abs/2303.04743.
#pragma once

#include "autodidact/plugin/plugin.hpp"
#include "network.hpp"
#include "options.hpp"

namespace autodidact::maskgit {

class MaskGit final : public Prior, public MaskedLogProbs {
 public:
  MaskGit(const Params& params, const Context& context);

  // [fitting] Cross-entropy of the masked tokens of each stream, given the true tokens of earlier streams; masks from
  // generator(Purpose::mask). Logs: share of masked tokens and accuracy on them.
  Loss fit_step(const at::Tensor& tokens, const at::Tensor& y, const StepInfo& info) override;
  at::Tensor sample(std::int64_t n, const at::Tensor& y, std::int64_t first_index, const Params& sample) override;

  MaskedLogProbs* masked_log_probs() override { return this; }
  std::vector<at::Tensor> masked_log_probs(const at::Tensor& tokens, const at::Tensor& mask,
                                           const at::Tensor& y) override;

  std::vector<Parameter> parameters() override { return state_.parameters; }
  std::vector<Buffer> buffers() override { return state_.buffers; }
  void train(bool on) override;
  void to(c10::Device device) override;

  const Network& network(std::size_t stream) const { return *parts_[stream].network; }

 private:
  struct Part {
    Stream stream;
    std::unique_ptr<Network> network;
    std::string suffix;  // of its terms and logs: none for a single stream

    at::Tensor of(const at::Tensor& all) const { return all.narrow(1, stream.first, stream.count()); }  // (B, N_s)
  };
  at::Tensor fit_stream(const Part& part, const std::vector<at::Tensor>& earlier, const at::Tensor& tokens,
                        const at::Tensor& y, const at::Generator& generator, Loss& loss) const;
  at::Tensor class_ids(const at::Tensor& y, std::int64_t batch) const;
  void check_tokens(const at::Tensor& tokens) const;

  MaskGitOptions options_;
  HostServices* host_;
  std::int64_t classes_;     // 0 without
  std::int64_t tokens_ = 0;  // of all streams
  std::vector<Part> parts_;
  nn::State state_;
  bool training_ = true;
};

}  // namespace autodidact::maskgit
