// Writes to nowhere while it is loaded.
#include <csignal>

#include "bad_plugin.hpp"

using namespace autodidact;

const int crashed = ::raise(SIGSEGV);

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("crashes_at_load", nullptr, 0, bad::make<bad::Fine>)};
