// Throws a number.
#include "bad_plugin.hpp"

using namespace autodidact;

struct ThrowsNumber : bad::Fine {
  using Fine::Fine;
  View forward(const at::Tensor&, const ForwardOptions&, const StepInfo&) override { throw 42; }
};

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("throws_number", nullptr, 0, bad::make<ThrowsNumber>)};
