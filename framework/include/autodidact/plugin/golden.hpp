// How a reference value reaches a plugin's inner parts (a loss without its projector, one codebook update) that
// create, loss and encode hide. `selftest` and `plugin check --golden` call these.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>

#include "autodidact/plugin/abi.hpp"

namespace autodidact {

// One group of a golden file: its attributes and named input arrays, as stored (usually float64).
struct GoldenCase {
  std::string name;                        // of the group
  std::map<std::string, ParamValue> attributes;
  std::map<std::string, at::Tensor> inputs;

  double real(const std::string& key) const;            // attribute, integer or real; throws DataError if absent
  std::int64_t integer(const std::string& key) const;
  std::string text(const std::string& key) const;
  bool has(const std::string& key) const { return attributes.count(key) != 0; }
};

// Arrays of the group's outputs that this code computes. Those returned are compared, those not returned are counted
// and named; a claimed group of which nothing was compared fails.
using GoldenResult = std::map<std::string, at::Tensor>;

struct GoldenEntry {
  const char* file;    // stem: "ssl_barlow_twins"
  const char* groups;  // pattern over group names, * and ? as in a shell; alternatives separated by |
  GoldenResult (*run)(const GoldenCase&);
};

inline double GoldenCase::real(const std::string& key) const {
  const auto found = attributes.find(key);
  if (found != attributes.end()) {
    if (const auto* r = std::get_if<double>(&found->second)) return *r;
    if (const auto* i = std::get_if<std::int64_t>(&found->second)) return static_cast<double>(*i);
    if (const auto* b = std::get_if<bool>(&found->second)) return *b ? 1.0 : 0.0;
  }
  throw std::runtime_error("golden group '" + name + "' has no number attribute '" + key + "'");
}
inline std::int64_t GoldenCase::integer(const std::string& key) const {
  return static_cast<std::int64_t>(real(key));
}
inline std::string GoldenCase::text(const std::string& key) const {
  const auto found = attributes.find(key);
  if (found != attributes.end())
    if (const auto* s = std::get_if<std::string>(&found->second)) return *s;
  throw std::runtime_error("golden group '" + name + "' has no text attribute '" + key + "'");
}

}  // namespace autodidact
