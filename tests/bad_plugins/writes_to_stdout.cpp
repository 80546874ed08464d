// Talks on standard output, where a host's data go.
#include <cstdio>

#include "bad_plugin.hpp"

using namespace autodidact;

struct WritesToStdout : bad::Fine {
  using Fine::Fine;
  at::Tensor decode(const at::Tensor& tokens) override {
    std::printf("decoding %d series\n", static_cast<int>(tokens.size(0)));
    return Fine::decode(tokens);
  }
};

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("writes_to_stdout", nullptr, 0, bad::make<WritesToStdout>)};
