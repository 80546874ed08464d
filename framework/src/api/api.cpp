// One home for the vtables and typeinfo of the contract's errors, and for Params.
#include <stdexcept>

#include "autodidact/plugin/error.hpp"
#include "autodidact/plugin/params.hpp"

namespace autodidact {

ConfigError::ConfigError(const std::string& what) : std::runtime_error(what) {}
ConfigError::~ConfigError() = default;
DataError::DataError(const std::string& what) : std::runtime_error(what) {}
DataError::~DataError() = default;

Params::Params(std::map<std::string, ParamValue> values) : values_(std::move(values)) {}

template <class T>
const T& Params::get(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) throw std::logic_error("plugin asked for the undeclared parameter '" + name + "'");
  const T* value = std::get_if<T>(&found->second);
  if (!value) throw std::logic_error("plugin asked for the parameter '" + name + "' with another type than declared");
  return *value;
}

bool Params::boolean(const std::string& name) const { return get<bool>(name); }
std::int64_t Params::integer(const std::string& name) const { return get<std::int64_t>(name); }
double Params::real(const std::string& name) const { return get<double>(name); }
const std::string& Params::text(const std::string& name) const { return get<std::string>(name); }
const std::string& Params::bytes(const std::string& name) const { return get<std::string>(name); }
const std::vector<std::int64_t>& Params::integers(const std::string& name) const {
  return get<std::vector<std::int64_t>>(name);
}
const std::vector<double>& Params::reals(const std::string& name) const { return get<std::vector<double>>(name); }

namespace {
template <class T>
T entry(const std::vector<T>& list, const std::string& name, std::int64_t stream) {
  if (list.size() == 1) return list.front();
  if (stream < 0 || stream >= static_cast<std::int64_t>(list.size()))
    throw ConfigError("parameter '" + name + "' lists " + std::to_string(list.size()) +
                      " values; give one for every token stream, or a single one");
  return list[static_cast<std::size_t>(stream)];
}
}  // namespace

double Params::real_of(const std::string& name, std::int64_t stream) const { return entry(reals(name), name, stream); }
std::int64_t Params::integer_of(const std::string& name, std::int64_t stream) const {
  return entry(integers(name), name, stream);
}

}  // namespace autodidact
