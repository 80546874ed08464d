// The prior as a plugin: what it is called and what can be set. No maths here.
#include "autodidact/plugin/plugin.hpp"

#include "softmax_table.hpp"

namespace autodidact::softmax_table {
namespace {

constexpr ParamSpec kParams[] = {
    {.name = "speed",
     .type = ParamType::real,
     .default_value = "30.0",
     .min = 1e-6,
     .max = 1e6,
     .doc = "Learning rate of the table, in units of the protocol's: a logit has a long way to go."},
};

std::unique_ptr<Prior> create(const Params& params, const Context& context) {
  return std::make_unique<SoftmaxTable>(params, context);
}

}  // namespace
}  // namespace autodidact::softmax_table

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = autodidact::Kind::prior,
    .name = "softmax_table",
    .version = "1.0.0",
    .summary = "A learned distribution for each position and class, all positions independent",
    .paper = "C. M. Bishop, Pattern Recognition and Machine Learning, Springer 2006, section 4.3.4",
    .capabilities = "gradient conditional",
    .params = autodidact::softmax_table::kParams,
    .param_count = std::size(autodidact::softmax_table::kParams),
    .check = nullptr,
    .check_count = 0,
    .golden = nullptr,
    .golden_count = 0,
    .default_weight = 0.0,
    .create_tokenizer = nullptr,
    .create_objective = nullptr,
    .create_prior = autodidact::softmax_table::create,
};
