// TorchScript losses as a plugin: what it is called and what can be set.
#include "autodidact/plugin/plugin.hpp"

#include "torchscript.hpp"

namespace autodidact::torchscript {
namespace {

constexpr ParamSpec kParams[] = {
    {.name = "file",
     .type = ParamType::file,
     .default_value = "",
     .doc =
         "TorchScript module or function from two embeddings (B, F) to a scalar, as saved by Python; looked for beside "
         "the suite, then in the working folder, then beside the plugin.",
     .required = true},
};

// example.py as the build exports it, where there is a Python with torch.
constexpr CheckValue kCheck[] = {{"file", "\"objective_torchscript_example.pt\""}};

std::unique_ptr<Objective> create(const Params& params, const Context& context) {
  return std::make_unique<TorchScript>(params, context);
}

}  // namespace
}  // namespace autodidact::torchscript

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = autodidact::Kind::objective,
    .name = "torchscript",
    .version = "1.0.0",
    .summary = "A loss written in Python: a TorchScript file that maps two embeddings to a scalar",
    .paper = "",
    .capabilities = "gradient self_supervised",
    .params = autodidact::torchscript::kParams,
    .param_count = std::size(autodidact::torchscript::kParams),
    .check = autodidact::torchscript::kCheck,
    .check_count = std::size(autodidact::torchscript::kCheck),
    .golden = nullptr,
    .golden_count = 0,
    .default_weight = 1.0,
    .create_tokenizer = nullptr,
    .create_objective = autodidact::torchscript::create,
    .create_prior = nullptr,
};
