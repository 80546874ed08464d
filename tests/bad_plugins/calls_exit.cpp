// Ends the process as if all were well.
#include <cstdlib>

#include "bad_plugin.hpp"

using namespace autodidact;

struct CallsExit : bad::Fine {
  using Fine::Fine;
  View forward(const at::Tensor&, const ForwardOptions&, const StepInfo&) override { std::exit(0); }
};

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("calls_exit", nullptr, 0, bad::make<CallsExit>)};
