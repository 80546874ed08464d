// Unigram as a plugin.
#include "autodidact/plugin/plugin.hpp"

#include "unigram.hpp"

namespace autodidact::unigram {
namespace {

constexpr ParamSpec kParams[] = {
    {.name = "smoothing",
     .type = ParamType::real,
     .default_value = "1.0",
     .min = 0,
     .max = 1e9,
     .unit = "series",
     .doc = "Series of uniform tokens that are added to the counts of each position (s); 0 is the bare frequencies."},
};

std::unique_ptr<Prior> create(const Params& params, const Context& context) {
  return std::make_unique<Unigram>(params, context);
}

}  // namespace
}  // namespace autodidact::unigram

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = autodidact::Kind::prior,
    .name = "unigram",
    .version = "1.0.0",
    .summary = "Token frequencies per position, all positions independent: the floor for priors",
    .paper = "",
    .capabilities = "conditional",
    .params = autodidact::unigram::kParams,
    .param_count = std::size(autodidact::unigram::kParams),
    .check = nullptr,
    .check_count = 0,
    .golden = nullptr,
    .golden_count = 0,
    .default_weight = 0.0,
    .create_tokenizer = nullptr,
    .create_objective = nullptr,
    .create_prior = autodidact::unigram::create,
};
