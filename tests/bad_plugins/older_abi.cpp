// Built against the interface before this one.
#include "bad_plugin.hpp"

using namespace autodidact;

AUTODIDACT_PLUGIN = {.magic = {'A', 'U', 'T', 'O', 'D', 'I', 'D', 'A'},
                     .interface = kInterface - 1,
                     .size = sizeof(Descriptor) - 8,
                     .fingerprint = AUTODIDACT_FINGERPRINT,
                     BAD_REST("older_abi", nullptr, 0, bad::make<bad::Fine>)};
