// Offers a name of its own to every other library: linked without the version script.
#include "bad_plugin.hpp"

using namespace autodidact;

extern "C" AUTODIDACT_API int helper() { return 7; }

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("exports_more", nullptr, 0, bad::make<bad::Fine>)};
