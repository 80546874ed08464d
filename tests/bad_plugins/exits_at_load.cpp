// Prints something that looks like an answer, and ends the process while it is loaded.
#include <unistd.h>

#include <cstdio>

#include "bad_plugin.hpp"

using namespace autodidact;

const int gone = [] {
  std::puts("{}");
  std::fflush(stdout);
  ::_exit(0);
  return 0;
}();

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("exits_at_load", nullptr, 0, bad::make<bad::Fine>)};
