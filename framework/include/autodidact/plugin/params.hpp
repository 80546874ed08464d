// Parameters: declared by the plugin, judged and stored by the host. No torch header here.
//
// A plugin lists its parameters in one constant array of ParamSpec. From that array the host validates TOML
// (an unknown key is an error with a suggestion), prints help, fills defaults and writes every resolved value
// to the result file. The plugin receives read-only Params: asking for a name it did not declare, or with
// another type, is a programming error and throws std::logic_error.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "autodidact/plugin/export.hpp"

namespace autodidact {

enum class ParamType : std::uint32_t { boolean, integer, real, text, choice, integers, reals, file };

// train: part of the trained object's identity. sample: handed to Prior::sample only and part of the samples
// key alone, so a sweep over it retrains nothing; lists give one value per token stream.
enum class Phase : std::uint32_t { train, sample };

struct ParamSpec {
  const char* name;           // never renamed
  ParamType type;
  const char* default_value;  // as TOML text: "true", "32", "0.9", "\"mask\"", "[4.0]"; "" only if required
  double min = -std::numeric_limits<double>::infinity();  // closed range, also of each list entry
  double max = std::numeric_limits<double>::infinity();
  const char* choices = "";   // "mask|keep", for type choice
  const char* unit = "";      // "codes", "steps"; empty if none
  const char* doc = "";       // one line
  Phase phase = Phase::train;
  bool required = false;      // no default: the configuration must give it
};

// A value for a parameter that `plugin check` uses where the parameter is required. `file` values are looked
// up beside the plugin.
struct CheckValue {
  const char* name;
  const char* value;  // as TOML text
};

// bool, integer, real, text or choice or the bytes of a file, list of integers, list of reals
using ParamValue =
    std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<double>>;

class AUTODIDACT_API Params {
 public:
  Params() = default;
  explicit Params(std::map<std::string, ParamValue> values);

  bool boolean(const std::string& name) const;
  std::int64_t integer(const std::string& name) const;
  double real(const std::string& name) const;
  const std::string& text(const std::string& name) const;   // also for choice
  const std::string& bytes(const std::string& name) const;  // contents of a `file` parameter
  const std::vector<std::int64_t>& integers(const std::string& name) const;
  const std::vector<double>& reals(const std::string& name) const;
  // Entry `stream` of a list that gives one value per token stream; a list of one serves every stream.
  double real_of(const std::string& name, std::int64_t stream) const;
  std::int64_t integer_of(const std::string& name, std::int64_t stream) const;

  const std::map<std::string, ParamValue>& values() const { return values_; }

 private:
  template <class T>
  const T& get(const std::string& name) const;
  std::map<std::string, ParamValue> values_;
};

}  // namespace autodidact
