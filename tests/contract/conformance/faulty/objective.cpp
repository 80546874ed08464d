// The squared distance of two projected views.
#include <cmath>

#include "faulty.hpp"

namespace autodidact::faulty {
namespace {

class Distance final : public Objective {
 public:
  Distance(const Params& params, const Context& context)
      : fault_(params, context), weight_((0.3 * at::randn({3, context.pooled})).requires_grad_()) {
    if (fault_.is("streams") && context.layout.size() > 1) throw std::runtime_error("one stream only, and not refused");
    if (fault_.is("narrow") && context.pooled == 8) throw std::runtime_error("too narrow, and not refused");
  }

  Loss loss(const ObjectiveInput& input) override {
    at::Tensor a = input.a.pooled, b = input.b.pooled;
    if (fault_.is("batch") && a.size(0) == 7) throw std::runtime_error("seven is too many");
    if (fault_.is("one") && a.size(0) == 1) throw std::runtime_error("one is too few, and not refused");
    if (fault_.is("detached")) a = a.detach(), b = b.detach();
    if (fault_.is("strides")) a = at::from_blob(a.mutable_data_ptr(), a.sizes(), a.options()).clone();
    a = at::linear(a, weight_);
    b = at::linear(b, weight_);
    at::Tensor distance = (a - b).square().mean();
    if (fault_.is("equal")) distance = (a - b).norm() + 0 * (a - b).square().sum().sqrt();
    if (fault_.is("collapsed")) distance = distance + 0.01 * a.var(0, false).sqrt().mean();
    Loss loss{.total = distance, .terms = {{"distance", distance}}, .logs = {{"log", distance.detach()}}};
    if (fault_.is("log_graph")) loss.logs[0].second = distance;
    if (fault_.is("sum")) loss.total = 2 * distance;
    if (fault_.is("rises")) loss.total = 2 * distance.detach() - distance;
    return loss;
  }
  double momentum(const StepInfo& info) override { return fault_.is("momentum") && info.step == 31 ? 1.5 : 0.9; }
  void after_step(const StepInfo&) override {
    if (fault_.is("after_step")) weight_.mul_(0.99);
  }
  std::vector<Parameter> parameters() override { return {{"weight", weight_}}; }
  std::vector<Buffer> buffers() override { return {}; }
  void train(bool) override {}
  void to(c10::Device) override {}

 private:
  Fault fault_;
  at::Tensor weight_;  // (3, F)
};

std::unique_ptr<Objective> create(const Params& params, const Context& context) {
  return std::make_unique<Distance>(params, context);
}

}  // namespace
}  // namespace autodidact::faulty

FAULTY(objective, "gradient self_supervised target_tokenizer", autodidact::faulty::kParams, nullptr,
       autodidact::faulty::create, nullptr);
