// Throws a type that only this library knows, and that is no std::exception.
#include "bad_plugin.hpp"

using namespace autodidact;

struct Private {
  std::string text = "known to nobody else";
};
struct ThrowsOwnType : bad::Fine {
  using Fine::Fine;
  at::Tensor encode(const at::Tensor&, double) override { throw Private{}; }
};

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("throws_own_type", nullptr, 0, bad::make<ThrowsOwnType>)};
