#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "host/guard.hpp"

namespace autodidact {

namespace {

class GuardedObjective final : public Objective {
 public:
  GuardedObjective(std::unique_ptr<Objective> inner, Guard guard, const Context& context)
      : inner_(std::move(inner)), guard_(std::move(guard)), layout_(context.layout), pooled_(context.pooled) {
    check_state(guard_, parameters(), buffers());
  }

  Loss loss(const ObjectiveInput& input) override {
    given(input.a, "a", input.a);
    given(input.b, "b", input.a);
    if (input.target_a) given(*input.target_a, "target_a", input.a);
    if (input.target_b) given(*input.target_b, "target_b", input.a);
    Loss loss = guard_.run("loss", [&] { return inner_->loss(input); });
    check_loss(guard_, "loss", loss.total, loss.terms, loss.logs);
    return loss;
  }

  double momentum(const StepInfo& info) override {
    const double m = guard_.run("momentum", [&] { return inner_->momentum(info); });
    if (!(m >= 0 && m <= 1)) guard_.fail("momentum", "m", std::to_string(m), "a number in [0, 1]");
    return m;
  }
  void after_step(const StepInfo& info) override {
    const at::NoGradGuard no_grad;
    guard_.run("after_step", [&] { inner_->after_step(info); });
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
  // Rows of `pooled` are series, or with ssl.pool = none all positions of all series.
  void given(const Embedding& e, const char* which, const Embedding& first) const {
    const auto rows_of = [](const at::Tensor& t, std::int64_t dims) {
      return t.defined() && t.dim() == dims ? t.size(0) : any;
    };
    const std::int64_t rows = rows_of(first.pooled, 2);
    const std::int64_t series = first.maps.empty() ? rows : rows_of(first.maps.front(), 4);
    const bool fit = rows == series || rows == series * token_count(layout_);
    const std::string name = std::string(which) + ".";
    check_given(guard_, "loss", (name + "pooled").c_str(), e.pooled, at::kFloat, {fit ? rows : series, pooled_});
    if (e.maps.size() != layout_.size())
      guard_.reject("loss", name + "maps", std::to_string(e.maps.size()),
                    std::to_string(layout_.size()) + ", one a stream");
    for (std::size_t s = 0; s < e.maps.size(); ++s)
      check_given(guard_, "loss", (name + "maps").c_str(), e.maps[s], at::kFloat,
                  {series, layout_[s].channels, layout_[s].height, layout_[s].width});
  }

  std::unique_ptr<Objective> inner_;
  Guard guard_;
  Layout layout_;
  std::int64_t pooled_;
};

}  // namespace

std::unique_ptr<Objective> guard_objective(std::unique_ptr<Objective> inner, Guard guard, const Context& context) {
  return std::make_unique<GuardedObjective>(std::move(inner), std::move(guard), context);
}

}  // namespace autodidact
