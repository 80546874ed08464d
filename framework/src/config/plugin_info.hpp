// What is known of a plugin without loading it: its descriptor as owned values, from the catalog cache.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "autodidact/plugin/abi.hpp"
#include "autodidact/plugin/params.hpp"

namespace autodidact {

struct ParamInfo {
  std::string name;
  ParamType type = ParamType::real;
  std::string default_text;  // TOML; empty if required
  double min = 0, max = 0;
  std::vector<std::string> choices;
  std::string unit, doc;
  Phase phase = Phase::train;
  bool required = false;
};

struct PluginInfo {
  Kind kind = Kind::tokenizer;
  std::string name, version, summary, paper, fingerprint;
  std::vector<std::string> capabilities;
  std::vector<ParamInfo> params;
  std::vector<std::pair<std::string, std::string>> check;   // name, TOML text
  std::vector<std::pair<std::string, std::string>> golden;  // file stem, group pattern
  double default_weight = 0;
  std::filesystem::path file;
  std::string digest;  // sha256 of the file

  bool can(const std::string& capability) const;
};

std::string kind_name(Kind kind);  // "tokenizer"

}  // namespace autodidact
