#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <algorithm>

#include "host/guard.hpp"

namespace autodidact {

namespace {

// What the guarded prior and its accessors share.
struct PriorGuard {
  Guard guard;
  Layout layout;
  std::int64_t tokens = 0;  // N
  std::optional<std::int64_t> n_classes;

  // Tokens are few numbers against the work of a step, so they are looked at in full also in training.
  void given_tokens(const char* call, const at::Tensor& x) const {
    check_given(guard, call, "tokens", x, at::kLong, {any, tokens});
    if (const std::string fault = token_fault(x, layout); !fault.empty())
      guard.reject(call, "tokens", fault, "tokens in [0, vocabulary)");
  }
  void given_labels(const char* call, const at::Tensor& y, std::int64_t batch) const {
    if (!y.defined()) return;
    check_given(guard, call, "y", y, at::kLong, {batch});
    const std::int64_t classes = n_classes.value_or(0);
    const auto low = y.min().item<std::int64_t>(), high = y.max().item<std::int64_t>();
    if (low < 0 || high >= classes)
      guard.reject(call, "y", "labels from " + std::to_string(low) + " to " + std::to_string(high),
                   "labels in [0, " + std::to_string(classes) + ")");
  }
  // Log-probabilities: at most 0 up to rounding; minus infinity is an honest answer, NaN is none.
  void check_logs(const char* call, const char* what, const at::Tensor& t, std::int64_t index) const {
    if (t.numel() == 0 || t.le(1e-3).all().item<bool>()) return;
    guard.fail(call, index < 0 ? what : what + std::string(" of stream ") + std::to_string(index),
               "values that are NaN or above 0", "log-probabilities in nats");
  }
};

class GuardedMasked final : public MaskedLogProbs {
 public:
  GuardedMasked(MaskedLogProbs* inner, const PriorGuard& g) : inner_(inner), g_(g) {}

  std::vector<at::Tensor> masked_log_probs(const at::Tensor& tokens, const at::Tensor& mask,
                                           const at::Tensor& y) override {
    const at::NoGradGuard no_grad;
    constexpr const char* call = "masked_log_probs";
    g_.given_tokens(call, tokens);
    check_given(g_.guard, call, "mask", mask, at::kBool, {tokens.size(0), g_.tokens});
    g_.given_labels(call, y, tokens.size(0));
    auto rows = g_.guard.run(call, [&] { return inner_->masked_log_probs(tokens, mask, y); });
    if (rows.size() != g_.layout.size())
      g_.guard.fail(call, "rows", std::to_string(rows.size()) + " tensors",
                    std::to_string(g_.layout.size()) + ", one a stream");
    for (std::size_t s = 0; s < rows.size(); ++s) {
      const Stream& stream = g_.layout[s];
      const std::int64_t hidden = mask.narrow(1, stream.first, stream.count()).sum().item<std::int64_t>();
      const auto index = static_cast<std::int64_t>(s);
      check_returned(g_.guard, call, "rows", rows[s], at::kFloat, {hidden, stream.vocabulary}, index);
      g_.check_logs(call, "rows", rows[s], index);
      rows[s] = kept(rows[s]);
    }
    return rows;
  }

 private:
  MaskedLogProbs* inner_;
  const PriorGuard& g_;
};

class GuardedLikelihood final : public ExactLikelihood {
 public:
  GuardedLikelihood(ExactLikelihood* inner, const PriorGuard& g) : inner_(inner), g_(g) {}

  at::Tensor log_likelihood(const at::Tensor& tokens, const at::Tensor& y) override {
    const at::NoGradGuard no_grad;
    constexpr const char* call = "log_likelihood";
    g_.given_tokens(call, tokens);
    g_.given_labels(call, y, tokens.size(0));
    const at::Tensor nats = g_.guard.run(call, [&] { return inner_->log_likelihood(tokens, y); });
    check_returned(g_.guard, call, "log-likelihood", nats, at::kFloat, {tokens.size(0)});
    g_.check_logs(call, "log-likelihood", nats, -1);
    return kept(nats);
  }

 private:
  ExactLikelihood* inner_;
  const PriorGuard& g_;
};

class GuardedPrior final : public Prior {
 public:
  GuardedPrior(std::unique_ptr<Prior> inner, Guard guard, const Context& context, bool conditional)
      : inner_(std::move(inner)),
        g_{std::move(guard), context.layout, token_count(context.layout), context.n_classes},
        conditional_(conditional) {
    check_state(g_.guard, parameters(), buffers());
    auto* masked = g_.guard.run("masked_log_probs", [&] { return inner_->masked_log_probs(); });
    if (masked) masked_ = std::make_unique<GuardedMasked>(masked, g_);
    auto* exact = g_.guard.run("exact_likelihood", [&] { return inner_->exact_likelihood(); });
    if (exact) exact_ = std::make_unique<GuardedLikelihood>(exact, g_);
  }

  Loss fit_step(const at::Tensor& tokens, const at::Tensor& y, const StepInfo& info) override {
    g_.given_tokens("fit_step", tokens);
    g_.given_labels("fit_step", y, tokens.size(0));
    Loss loss = g_.guard.run("fit_step", [&] { return inner_->fit_step(tokens, y, info); });
    check_loss(g_.guard, "fit_step", loss.total, loss.terms, loss.logs);
    return loss;
  }

  void fit(const at::Tensor& tokens, const at::Tensor& y) override {
    const at::NoGradGuard no_grad;
    g_.given_tokens("fit", tokens);
    g_.given_labels("fit", y, tokens.size(0));
    g_.guard.run("fit", [&] { inner_->fit(tokens, y); });
  }

  at::Tensor sample(std::int64_t n, const at::Tensor& y, std::int64_t first_index, const Params& sample) override {
    const at::NoGradGuard no_grad;
    if (n < 1) g_.guard.reject("sample", "n", std::to_string(n), "at least 1");
    if (y.defined() && !conditional_) g_.guard.reject("sample", "y", "labels", "none (no capability conditional)");
    g_.given_labels("sample", y, n);
    const at::Tensor tokens = g_.guard.run("sample", [&] { return inner_->sample(n, y, first_index, sample); });
    check_returned(g_.guard, "sample", "tokens", tokens, at::kLong, {n, g_.tokens});
    if (const std::string fault = token_fault(tokens, g_.layout); !fault.empty())
      g_.guard.fail("sample", "tokens", fault, "tokens in [0, vocabulary)");
    return kept(tokens);
  }

  MaskedLogProbs* masked_log_probs() override { return masked_.get(); }
  ExactLikelihood* exact_likelihood() override { return exact_.get(); }

  std::vector<Parameter> parameters() override {
    return g_.guard.run("parameters", [&] { return inner_->parameters(); });
  }
  std::vector<Buffer> buffers() override {
    return g_.guard.run("buffers", [&] { return inner_->buffers(); });
  }
  void train(bool on) override {
    g_.guard.run("train", [&] { inner_->train(on); });
  }
  void to(c10::Device device) override {
    g_.guard.run("to", [&] { inner_->to(device); });
    g_.guard.device = device;
  }

 private:
  std::unique_ptr<Prior> inner_;
  PriorGuard g_;
  bool conditional_;
  std::unique_ptr<GuardedMasked> masked_;
  std::unique_ptr<GuardedLikelihood> exact_;
};

}  // namespace

std::unique_ptr<Prior> guard_prior(std::unique_ptr<Prior> inner, Guard guard, const Context& context,
                                   const std::vector<std::string>& capabilities) {
  const bool conditional = std::count(capabilities.begin(), capabilities.end(), "conditional") > 0;
  return std::make_unique<GuardedPrior>(std::move(inner), std::move(guard), context, conditional);
}

}  // namespace autodidact
