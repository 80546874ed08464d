// A global draws from LibTorch's default generator, between the host's setting it and create.
#include "bad_plugin.hpp"

using namespace autodidact;

const at::Tensor start = at::randn({4});

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("draws_at_load", nullptr, 0, bad::make<bad::Fine>)};
