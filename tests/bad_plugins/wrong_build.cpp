// The right contract, another LibTorch.
#include "bad_plugin.hpp"

using namespace autodidact;

AUTODIDACT_PLUGIN = {.magic = {'A', 'U', 'T', 'O', 'D', 'I', 'D', 'A'},
                     .interface = kInterface,
                     .size = sizeof(Descriptor),
                     .fingerprint = "libtorch 1.13.1, libstdc++ cxx11abi 1, c++ 202002L, sanitizer none",
                     BAD_REST("wrong_build", nullptr, 0, bad::make<bad::Fine>)};
