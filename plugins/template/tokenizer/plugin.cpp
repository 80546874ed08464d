// The tokenizer as a plugin: what it is called and what can be set. No maths here.
#include "autodidact/plugin/plugin.hpp"

#include "uniform.hpp"

namespace autodidact::uniform {
namespace {

constexpr ParamSpec kParams[] = {
    {.name = "K",
     .type = ParamType::integer,
     .default_value = "32",
     .min = 2,
     .max = 65536,
     .unit = "codes",
     .doc = "Levels, evenly spaced over [-range, range], ends included."},
    {.name = "patch",
     .type = ParamType::integer,
     .default_value = "4",
     .min = 1,
     .max = 65536,
     .unit = "samples",
     .doc = "Samples of one channel that one token stands for."},
    {.name = "range",
     .type = ParamType::real,
     .default_value = "3.0",
     .min = 1e-6,
     .max = 1e6,
     .unit = "standard deviations",
     .doc = "Largest level; series are standardised."},
    {.name = "commitment",
     .type = ParamType::real,
     .default_value = "0.25",
     .min = 0,
     .max = 1e6,
     .doc = "Weight of the term that draws the continuous value to its level."},
};

std::unique_ptr<Tokenizer> create(const Params& params, const Context& context) {
  return std::make_unique<Uniform>(params, context);
}

}  // namespace
}  // namespace autodidact::uniform

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = autodidact::Kind::tokenizer,
    .name = "uniform",
    .version = "1.0.0",
    .summary = "Patches averaged and rounded to evenly spaced levels: the smallest whole tokenizer",
    .paper = "W. R. Bennett, Spectra of Quantized Signals, Bell System Technical Journal 27 (1948)",
    .capabilities = "gradient",
    .params = autodidact::uniform::kParams,
    .param_count = std::size(autodidact::uniform::kParams),
    .check = nullptr,
    .check_count = 0,
    .golden = nullptr,
    .golden_count = 0,
    .default_weight = 0.0,
    .create_tokenizer = autodidact::uniform::create,
    .create_objective = nullptr,
    .create_prior = nullptr,
};
