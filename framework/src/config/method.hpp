// One method of a suite with all that is said about it, judged: its runs but for dataset and seed.
#pragma once

#include <string>
#include <vector>

#include "config/overrides.hpp"
#include "config/profile.hpp"
#include "config/run.hpp"
#include "config/suite_file.hpp"

namespace autodidact {

struct MethodPlugins {
  const PluginInfo* tokenizer = nullptr;
  const PluginInfo* objective = nullptr;
  const PluginInfo* prior = nullptr;
  const PluginInfo* of(Kind kind) const;
  bool complete() const { return tokenizer && objective && prior; }
};

// Looks the plugins up by name; one that is not there is a fault that names those there are.
MethodPlugins find_plugins(const MethodEntry& method, const Sources& sources, Faults& faults);

// The declared parameter a key means for this method's plugins, or null.
const ParamInfo* plugin_param(const MethodPlugins& plugins, const std::string& key);

// The settings of a method of which a plugin is not there, as far as they can be judged.
void check_settings_alone(const MethodEntry& method, const MethodPlugins& plugins, Faults& faults);

// Every key that means something for a method: of the protocol and of its plugins.
std::vector<std::string> known_keys(const MethodPlugins& plugins);

class MethodResolver {
 public:
  MethodResolver(const MethodEntry& method, const MethodPlugins& plugins, const SuiteFile& suite,
                 const Profile& profile, const Overrides& overrides, Faults& faults, Notes& notes);
  // One run a point of the grid, as far as the grid applies to this method.
  std::vector<Run> runs();

 private:
  bool self_supervised() const;
  Settings protocol_layers(const Settings& point) const;
  // Why a key says nothing about this method; "" if it does.
  std::string no_effect(const std::string& key) const;
  std::vector<Settings> points();
  void check_set();
  Run resolve(const Settings& point);
  void resolve_protocol(Run& run, const Settings& merged);
  void resolve_augmentation(Run& run, const Node* given);
  PluginChoice resolve_plugin(const PluginInfo& info, const Settings& point);
  void read_file(PluginChoice& choice, const ParamInfo& param, const Node* given);

  const MethodEntry& method_;
  const MethodPlugins& plugins_;
  const SuiteFile& suite_;
  const Profile& profile_;
  const Overrides& overrides_;
  Faults& faults_;
  Notes& notes_;
  bool two_branch_ = false;  // at any point of the grid
};

// What no single key shows: pairs of settings that cannot work, and what the plan should say.
void check_run(const Run& run, const MethodEntry& method, Faults& faults, Notes& notes);

}  // namespace autodidact
