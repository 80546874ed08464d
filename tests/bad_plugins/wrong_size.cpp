// The same interface number, another descriptor.
#include "bad_plugin.hpp"

using namespace autodidact;

AUTODIDACT_PLUGIN = {.magic = {'A', 'U', 'T', 'O', 'D', 'I', 'D', 'A'},
                     .interface = kInterface,
                     .size = sizeof(Descriptor) - 16,
                     .fingerprint = AUTODIDACT_FINGERPRINT,
                     BAD_REST("wrong_size", nullptr, 0, bad::make<bad::Fine>)};
