// Never comes back from create.
#include <unistd.h>

#include "bad_plugin.hpp"

using namespace autodidact;

std::unique_ptr<Tokenizer> wait_for_ever(const Params&, const Context&) {
  for (;;) ::sleep(1000);
}

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("hangs_in_create", nullptr, 0, wait_for_ever)};
