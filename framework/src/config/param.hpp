// A written value against the parameter it is for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/faults.hpp"
#include "config/plugin_info.hpp"
#include "config/run.hpp"
#include "config/tree.hpp"
#include "config/value.hpp"

namespace autodidact {

// "an integer of at least 1", "one of mask, keep", "a list of reals, each in [0, 1]"
std::string expectation(const ParamInfo& info);

// The value of the parameter's type. Integers are taken for reals, and one value for a list of one. A `file` stays its
// path here. None, and a fault, if type, range or choice does not fit.
std::optional<Value> to_value(const Node& node, const ParamInfo& info, const std::string& key, Faults& faults);
std::optional<Value> default_value(const ParamInfo& info);  // none if required

const ParamInfo* find_param(const std::vector<ParamInfo>& params, const std::string& name);
std::vector<std::string> param_names(const std::vector<ParamInfo>& params, const std::string& prefix = "");

// ParamInfo in one line, for tables of keys. An infinite bound is no bound.
ParamInfo param(ParamType type, const std::string& name, const std::string& default_text, const std::string& doc);
ParamInfo ranged(ParamInfo info, double min, double max);
// Unit of a text that may also be written as a list of texts, and is kept with commas between.
inline constexpr const char* kNamesUnit = "names";
ParamInfo choice(const std::string& name, const std::vector<std::string>& choices, const std::string& doc);

}  // namespace autodidact
