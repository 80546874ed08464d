// Creates nothing.
#include "bad_plugin.hpp"

using namespace autodidact;

std::unique_ptr<Tokenizer> nothing(const Params&, const Context&) { return nullptr; }

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("returns_null", nullptr, 0, nothing)};
