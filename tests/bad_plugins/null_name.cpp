// A field that must not be null is.
#include "bad_plugin.hpp"

using namespace autodidact;

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST(nullptr, nullptr, 0, bad::make<bad::Fine>)};
