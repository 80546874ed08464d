// One sample too many, one token too few, a code too high.
#include "bad_plugin.hpp"

using namespace autodidact;

struct ReturnsWrongShape : bad::Fine {
  using Fine::Fine;
  View forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo& info) override {
    View view = Fine::forward(x, options, info);
    view.x_hat = view.x_hat.narrow(2, 0, length_ - 1);
    return view;
  }
  at::Tensor encode(const at::Tensor& x, double tau) override {
    return tau == 0 && x.size(0) == 1 ? at::full({1, 4}, 4, at::kLong) : Fine::encode(x, tau).narrow(1, 0, 3);
  }
  at::Tensor decode(const at::Tensor& tokens) override { return at::zeros({tokens.size(0), channels_, length_ + 1}); }
};

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("returns_wrong_shape", nullptr, 0, bad::make<ReturnsWrongShape>)};
