// Opening plugins for use: a guarded object that is itself a Tokenizer, Objective or Prior.
//
// The guard catches whatever a plugin throws while its library is loaded and rethrows PluginError with text only,
// checks shape, dtype, device and token range of what comes back, and that totals and frozen outputs are finite.
// Libraries stay loaded to the end of the process. What the host keeps is detached and cloned.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "autodidact/plugin/plugin.hpp"
#include "config/plugin_info.hpp"

namespace autodidact {

class PluginError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
// The plugin itself said no, with ConfigError or DataError: a combination or data that it does not take.
class PluginRefusal : public PluginError {
 public:
  using PluginError::PluginError;
};
// A loss that is NaN or infinite: the run is marked failed (diverged), the suite goes on.
class Diverged : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// info.file is opened (again refused unless its descriptor still says info.name) and the object created.
std::unique_ptr<Tokenizer> open_tokenizer(const PluginInfo& info, const Params& params, const Context& context);
std::unique_ptr<Objective> open_objective(const PluginInfo& info, const Params& params, const Context& context);
std::unique_ptr<Prior> open_prior(const PluginInfo& info, const Params& params, const Context& context);
// The same objects without their guards, for the conformance suite, which looks at what a plugin gives as it is. Only
// `create` is guarded: further calls go through Guard::run.
std::unique_ptr<Tokenizer> open_bare_tokenizer(const PluginInfo& info, const Params& params, const Context& context);
std::unique_ptr<Objective> open_bare_objective(const PluginInfo& info, const Params& params, const Context& context);
std::unique_ptr<Prior> open_bare_prior(const PluginInfo& info, const Params& params, const Context& context);
// The golden functions of a plugin.
std::vector<const GoldenEntry*> golden_of(const PluginInfo& info);

}  // namespace autodidact
