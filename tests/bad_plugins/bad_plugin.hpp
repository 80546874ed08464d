// A tokenizer that works, for plugins with one fault each.
#pragma once

#include <ATen/ATen.h>

#include "autodidact/plugin/plugin.hpp"

namespace autodidact::bad {

// Four tokens of four codes a series; the mean of each quarter, and all zeros back.
class Fine : public Tokenizer {
 public:
  explicit Fine(const Context& context) : channels_(context.channels), length_(context.length) {}

  View forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo&) override {
    View view;
    view.z = {map(x)};
    if (options.path == Path::quantised) view.z_q = view.z;
    view.x_hat = at::zeros_like(x);
    view.total = x.square().mean();
    view.terms = {{"reconstruction", view.total}};
    return view;
  }
  Latents latents(const at::Tensor& x) override { return {{map(x)}, {map(x)}}; }
  at::Tensor encode(const at::Tensor& x, double) override { return at::zeros({x.size(0), 4}, at::kLong); }
  at::Tensor decode(const at::Tensor& tokens) override { return at::zeros({tokens.size(0), channels_, length_}); }
  Layout layout() const override {
    return {{.name = "all", .height = 1, .width = 4, .channels = 1, .vocabulary = 4, .first = 0}};
  }
  std::vector<std::optional<at::Tensor>> codebooks() const override { return {std::nullopt}; }
  std::vector<Parameter> parameters() override { return {}; }
  std::vector<Buffer> buffers() override { return {}; }
  void train(bool) override {}
  void to(c10::Device) override {}

 protected:
  static at::Tensor map(const at::Tensor& x) { return at::zeros({x.size(0), 1, 1, 4}); }
  std::int64_t channels_, length_;
};

template <class T>
std::unique_ptr<Tokenizer> make(const Params&, const Context& context) {
  return std::make_unique<T>(context);
}

}  // namespace autodidact::bad

// All fields after the fingerprint of a tokenizer's descriptor.
#define BAD_REST(NAME, PARAMS, COUNT, CREATE)                                                                    \
  .kind = ::autodidact::Kind::tokenizer, .name = NAME, .version = "1.0.0", .summary = "A plugin with one fault", \
  .paper = "", .capabilities = "", .params = PARAMS, .param_count = COUNT, .check = nullptr, .check_count = 0,   \
  .golden = nullptr, .golden_count = 0, .default_weight = 0.0, .create_tokenizer = CREATE,                       \
  .create_objective = nullptr, .create_prior = nullptr
