// Small plugins that pass every check, and with `fault = "..."` fail the one that is for that fault.
#pragma once

#include <ATen/ATen.h>

#include <string>

#include "autodidact/plugin/plugin.hpp"

namespace autodidact::faulty {

// The parameters of all three: the fault, and one for each check of values.
inline constexpr ParamSpec kParams[] = {
    {.name = "fault", .type = ParamType::text, .default_value = "\"none\"", .doc = "What to do wrong."},
    {.name = "size", .type = ParamType::integer, .default_value = "4", .min = 1, .max = 8, .doc = "A size."},
    {.name = "rate", .type = ParamType::real, .default_value = "0.5", .min = 0, .max = 1, .doc = "A rate."},
    {.name = "pick", .type = ParamType::choice, .default_value = "\"a\"", .choices = "a|b", .doc = "A choice."},
};
inline constexpr CheckValue kCheck[] = {{"size", "3"}};

class Fault {
 public:
  Fault(const Params& params, const Context& context) : name_(params.text("fault")) {
    const auto when = [&](const char* name, bool so) {
      if (is(name) && so) throw std::runtime_error("does not work, and is not refused");
    };
    when("default", params.integer("size") == 4);
    when("choice", params.text("pick") == "b");
    when("least", params.integer("size") == 1);
    when("greatest", params.real("rate") == 1.0);
    when("labels", !context.n_classes);
    when("bf16", context.host->precision() == Precision::bf16);
    if (is("seeds")) at::manual_seed(7);
  }
  bool is(const char* name) const { return name_ == name; }

 private:
  std::string name_;
};

}  // namespace autodidact::faulty

#define FAULTY(KIND, CAPABILITIES, PARAMS, TOKENIZER, OBJECTIVE, PRIOR) \
  AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD,                                 \
                       .kind = ::autodidact::Kind::KIND,                \
                       .name = "faulty",                                \
                       .version = "1.0.0",                              \
                       .summary = "Does one thing wrong",               \
                       .paper = "",                                     \
                       .capabilities = CAPABILITIES,                    \
                       .params = PARAMS,                                \
                       .param_count = std::size(PARAMS),                \
                       .check = ::autodidact::faulty::kCheck,           \
                       .check_count = 1,                                \
                       .golden = nullptr,                               \
                       .golden_count = 0,                               \
                       .default_weight = 0.0,                           \
                       .create_tokenizer = TOKENIZER,                   \
                       .create_objective = OBJECTIVE,                   \
                       .create_prior = PRIOR}
