#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <algorithm>

#include "host/guard.hpp"

namespace autodidact {

namespace {

class GuardedTokenizer final : public Tokenizer {
 public:
  GuardedTokenizer(std::unique_ptr<Tokenizer> inner, Guard guard, const Context& context, bool stochastic)
      : inner_(std::move(inner)),
        guard_(std::move(guard)),
        channels_(context.channels),
        length_(context.length),
        stochastic_(stochastic) {
    layout_ = guard_.run("layout", [&] { return inner_->layout(); });
    if (const std::string fault = layout_fault(layout_); !fault.empty())
      guard_.fail("layout", "layout", fault, "streams that fill the columns of (B, N) side by side");
    tokens_ = token_count(layout_);
    check_state(guard_, parameters(), buffers());
  }

  View forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo& info) override {
    given_series("forward", x);
    View view = guard_.run("forward", [&] { return inner_->forward(x, options, info); });
    check_loss(guard_, "forward", view.total, view.terms, view.logs);
    check_maps("forward", "z", view.z, x.size(0));
    if (options.path == Path::quantised)
      check_maps("forward", "z_q", view.z_q, x.size(0));
    else if (!view.z_q.empty())
      guard_.fail("forward", "z_q on the continuous path", std::to_string(view.z_q.size()) + " maps", "none");
    check_returned(guard_, "forward", "x_hat", view.x_hat, at::kFloat, {x.size(0), channels_, length_});
    return view;
  }

  Latents latents(const at::Tensor& x) override {
    const at::NoGradGuard no_grad;
    given_series("latents", x);
    Latents out = guard_.run("latents", [&] { return inner_->latents(x); });
    for (auto& [what, maps] : {std::pair{"z", &out.z}, std::pair{"z_q", &out.z_q}}) {
      check_maps("latents", what, *maps, x.size(0));
      for (std::size_t s = 0; s < maps->size(); ++s) {
        check_finite(guard_, "latents", what, (*maps)[s], static_cast<std::int64_t>(s));
        (*maps)[s] = kept((*maps)[s]);
      }
    }
    return out;
  }

  at::Tensor encode(const at::Tensor& x, double tau) override {
    const at::NoGradGuard no_grad;
    given_series("encode", x);
    if (!(tau >= 0) || (tau > 0 && !stochastic_))
      guard_.reject("encode", "tau", std::to_string(tau),
                    stochastic_ ? "at least 0" : "0 (no capability stochastic_encode)");
    const at::Tensor tokens = guard_.run("encode", [&] { return inner_->encode(x, tau); });
    check_returned(guard_, "encode", "tokens", tokens, at::kLong, {x.size(0), tokens_});
    if (const std::string fault = token_fault(tokens, layout_); !fault.empty())
      guard_.fail("encode", "tokens", fault, "tokens in [0, vocabulary)");
    return kept(tokens);
  }

  at::Tensor decode(const at::Tensor& tokens) override {
    const at::NoGradGuard no_grad;
    check_given(guard_, "decode", "tokens", tokens, at::kLong, {any, tokens_});
    if (const std::string fault = token_fault(tokens, layout_); !fault.empty())
      guard_.reject("decode", "tokens", fault, "tokens in [0, vocabulary)");
    const at::Tensor x = guard_.run("decode", [&] { return inner_->decode(tokens); });
    check_returned(guard_, "decode", "x", x, at::kFloat, {tokens.size(0), channels_, length_});
    check_finite(guard_, "decode", "x", x);
    return kept(x);
  }

  Layout layout() const override {
    Layout now = guard_.run("layout", [&] { return inner_->layout(); });
    if (!same_layout(now, layout_))
      guard_.fail("layout", "layout", "another than at the start", "one that is fixed at create");
    return now;
  }

  std::vector<std::optional<at::Tensor>> codebooks() const override {
    auto books = guard_.run("codebooks", [&] { return inner_->codebooks(); });
    if (books.size() != layout_.size())
      guard_.fail("codebooks", "codebooks", std::to_string(books.size()),
                  std::to_string(layout_.size()) + ", one a stream");
    for (std::size_t s = 0; s < books.size(); ++s) {
      if (!books[s]) continue;
      check_returned(guard_, "codebooks", "codebook", *books[s], at::kFloat, {layout_[s].vocabulary, any},
                     static_cast<std::int64_t>(s));
      check_finite(guard_, "codebooks", "codebook", *books[s], static_cast<std::int64_t>(s));
      books[s] = kept(*books[s]);
    }
    return books;
  }

  std::vector<Parameter> parameters() override {
    return guard_.run("parameters", [&] { return inner_->parameters(); });
  }
  std::vector<Buffer> buffers() override {
    return guard_.run("buffers", [&] { return inner_->buffers(); });
  }
  void train(bool on) override {
    guard_.run("train", [&] { inner_->train(on); });
  }
  void to(c10::Device device) override {
    guard_.run("to", [&] { inner_->to(device); });
    guard_.device = device;
  }

 private:
  void given_series(const char* call, const at::Tensor& x) const {
    check_given(guard_, call, "x", x, at::kFloat, {any, channels_, length_});
  }
  void check_maps(const char* call, const char* what, const std::vector<at::Tensor>& maps, std::int64_t batch) const {
    if (maps.size() != layout_.size())
      guard_.fail(call, what, std::to_string(maps.size()) + " maps", std::to_string(layout_.size()) + ", one a stream");
    for (std::size_t s = 0; s < maps.size(); ++s)
      check_returned(guard_, call, what, maps[s], at::kFloat,
                     {batch, layout_[s].channels, layout_[s].height, layout_[s].width}, static_cast<std::int64_t>(s));
  }

  std::unique_ptr<Tokenizer> inner_;
  Guard guard_;
  std::int64_t channels_, length_;
  bool stochastic_;
  Layout layout_;
  std::int64_t tokens_ = 0;
};

}  // namespace

std::unique_ptr<Tokenizer> guard_tokenizer(std::unique_ptr<Tokenizer> inner, Guard guard, const Context& context,
                                           const std::vector<std::string>& capabilities) {
  const bool stochastic = std::count(capabilities.begin(), capabilities.end(), "stochastic_encode") > 0;
  return std::make_unique<GuardedTokenizer>(std::move(inner), std::move(guard), context, stochastic);
}

}  // namespace autodidact
