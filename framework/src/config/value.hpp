// A configuration value and its one canonical text. Used for TOML, keys, hashes and the record alike.
#pragma once

#include <map>
#include <string>

#include "autodidact/plugin/params.hpp"

namespace autodidact {

using Value = ParamValue;
using Values = std::map<std::string, Value>;

// Canonical TOML: shortest round-trip numbers (std::to_chars), reals always with '.' or 'e', quoted and escaped text.
std::string to_toml(const Value& value);
// The type's name as a user knows it: "integer", "list of reals".
std::string type_name(const Value& value);
std::string type_name(ParamType type);

}  // namespace autodidact
