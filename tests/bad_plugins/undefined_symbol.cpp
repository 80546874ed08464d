// Calls a function that no library has.
#include "bad_plugin.hpp"

using namespace autodidact;

namespace elsewhere {
int missing_function();
}

struct UndefinedSymbol : bad::Fine {
  using Fine::Fine;
  at::Tensor encode(const at::Tensor& x, double tau) override {
    return Fine::encode(x, tau) + elsewhere::missing_function();
  }
};

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("undefined_symbol", nullptr, 0, bad::make<UndefinedSymbol>)};
