// Takes memory until there is none.
#include "bad_plugin.hpp"

using namespace autodidact;

struct AllocatesWithoutEnd : bad::Fine {
  using Fine::Fine;
  at::Tensor encode(const at::Tensor&, double) override {
    for (std::vector<at::Tensor> all;;) all.push_back(at::ones({1 << 24}));
  }
};

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("allocates_without_end", nullptr, 0, bad::make<AllocatesWithoutEnd>)};
