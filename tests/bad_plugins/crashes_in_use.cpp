// Reads where nothing is.
#include <csignal>

#include "bad_plugin.hpp"

using namespace autodidact;

struct CrashesInUse : bad::Fine {
  using Fine::Fine;
  Latents latents(const at::Tensor& x) override {
    ::raise(SIGSEGV);
    return Fine::latents(x);
  }
};

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("crashes_in_use", nullptr, 0, bad::make<CrashesInUse>)};
