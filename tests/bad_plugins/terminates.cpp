// Throws where nothing may be thrown: the run-time library ends the process.
#include "bad_plugin.hpp"

using namespace autodidact;

struct Terminates : bad::Fine {
  using Fine::Fine;
  static void refuse() { throw ConfigError("lost in a noexcept function"); }
  static at::Tensor zeros(const at::Tensor& like) noexcept {
    refuse();
    return at::zeros_like(like);
  }
  at::Tensor decode(const at::Tensor& tokens) override { return zeros(tokens); }
};

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("terminates", nullptr, 0, bad::make<Terminates>)};
