// A default that its own range forbids.
#include "bad_plugin.hpp"

using namespace autodidact;

constexpr ParamSpec kParams[] = {
    {.name = "K", .type = ParamType::integer, .default_value = "64", .min = 2, .max = 32, .doc = "Codes."}};

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("default_out_of_range", kParams, 1, bad::make<bad::Fine>)};
