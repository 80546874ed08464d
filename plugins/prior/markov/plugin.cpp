// Markov as a plugin.
#include "autodidact/plugin/plugin.hpp"

#include "markov.hpp"

namespace autodidact::markov {
namespace {

constexpr ParamSpec kParams[] = {
    {.name = "order",
     .type = ParamType::integer,
     .default_value = "1",
     .min = 0,
     .max = kMaxOrder,
     .unit = "tokens",
     .doc = "Tokens before a token that its probability depends on; 1 counts pairs (bigrams), 0 single tokens."},
    {.name = "per_position",
     .type = ParamType::boolean,
     .default_value = "true",
     .doc = "Every position has counts of its own; false: all positions of a stream share theirs."},
    {.name = "smoothing",
     .type = ParamType::real,
     .default_value = "8.0",
     .min = 0,
     .max = 1e9,
     .unit = "tokens",
     .doc = "Weight of the shorter context in the counts of each context, in tokens; 0 lets the longest context that "
            "was seen decide alone."},
};

std::unique_ptr<Prior> create(const Params& params, const Context& context) {
  return std::make_unique<Markov>(params, context);
}

}  // namespace
}  // namespace autodidact::markov

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = autodidact::Kind::prior,
    .name = "markov",
    .version = "1.0.0",
    .summary = "Smoothed n-grams over the tokens of each stream: the second floor for priors",
    .paper =
        "D. J. C. MacKay and L. C. Bauman Peto, A hierarchical Dirichlet language model, Natural Language "
        "Engineering 1(3), 1995, https://doi.org/10.1017/S1351324900000218",
    .capabilities = "conditional",
    .params = autodidact::markov::kParams,
    .param_count = std::size(autodidact::markov::kParams),
    .check = nullptr,
    .check_count = 0,
    .golden = nullptr,
    .golden_count = 0,
    .default_weight = 0.0,
    .create_tokenizer = nullptr,
    .create_objective = nullptr,
    .create_prior = autodidact::markov::create,
};
