// The absent objective as a plugin, so that the plain tokenizer and the control are rows like all others.
#include "autodidact/plugin/plugin.hpp"

#include "none.hpp"

namespace autodidact::none {
namespace {

std::unique_ptr<Objective> create(const Params&, const Context&) { return std::make_unique<None>(); }

}  // namespace
}  // namespace autodidact::none

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = autodidact::Kind::objective,
    .name = "none",
    .version = "1.0.0",
    .summary = "No objective: the plain tokenizer, or with an augmentation the control of the others",
    .paper = "",
    .capabilities = "",
    .params = nullptr,
    .param_count = 0,
    .check = nullptr,
    .check_count = 0,
    .golden = nullptr,
    .golden_count = 0,
    .default_weight = 0.0,
    .create_tokenizer = nullptr,
    .create_objective = autodidact::none::create,
    .create_prior = nullptr,
};
