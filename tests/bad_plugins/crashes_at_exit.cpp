// Works, and takes the process down when all is done.
#include <csignal>

#include "bad_plugin.hpp"

using namespace autodidact;

struct Last {
  ~Last() { ::raise(SIGSEGV); }
};
Last last;

struct CrashesAtExit : bad::Fine {
  using Fine::Fine;
  View forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo& info) override {
    View view = Fine::forward(x, options, info);
    view.total = view.terms[0].second = (x * weight_).square().mean();
    return view;
  }
  std::vector<Parameter> parameters() override { return {{"weight", weight_}}; }
  at::Tensor weight_ = at::ones({1}).requires_grad_();
};

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("crashes_at_exit", nullptr, 0, bad::make<CrashesAtExit>)};
