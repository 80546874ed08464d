// A loss and series that are not numbers.
#include "bad_plugin.hpp"

using namespace autodidact;

struct ReturnsNan : bad::Fine {
  using Fine::Fine;
  View forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo& info) override {
    View view = Fine::forward(x, options, info);
    view.total = view.total * NAN;
    return view;
  }
  at::Tensor decode(const at::Tensor& tokens) override { return Fine::decode(tokens).fill_(NAN); }
};

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("returns_nan", nullptr, 0, bad::make<ReturnsNan>)};
