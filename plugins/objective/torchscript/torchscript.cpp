#include "torchscript.hpp"

#include "autodidact/plugin/error.hpp"
#include "trial.hpp"

namespace autodidact::torchscript {

TorchScript::TorchScript(const Params& params, const Context& context) : script_(params.bytes("file")) {
  if (context.pooled < 1)
    throw ConfigError("the objective needs the width of the pooled latents; found " + std::to_string(context.pooled) +
                      ", expected at least 1");
  try_script(script_, context.pooled);
}

Loss TorchScript::loss(const ObjectiveInput& input) {
  script_.settle();  // of a step that ended without after_step
  Loss loss;
  loss.total = script_(input.a.pooled, input.b.pooled);
  loss.terms = {{"loss", loss.total}};
  return loss;
}

}  // namespace autodidact::torchscript
