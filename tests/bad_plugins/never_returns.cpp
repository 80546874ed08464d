// Sleeps for ever while it is loaded.
#include <unistd.h>

#include "bad_plugin.hpp"

using namespace autodidact;

const int asleep = [] {
  for (;;) ::sleep(1000);
  return 0;
}();

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("never_returns", nullptr, 0, bad::make<bad::Fine>)};
