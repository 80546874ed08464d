// Cannot be created.
#include "bad_plugin.hpp"

using namespace autodidact;

std::unique_ptr<Tokenizer> refuse(const Params&, const Context&) { throw ConfigError("K must divide the moon"); }

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("throws_in_create", nullptr, 0, refuse)};
