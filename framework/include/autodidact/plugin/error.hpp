// The errors a plugin may throw. Anything derived from std::exception is caught by the host's guard
// and rebuilt as text; these two only say more precisely whose mistake it was.
#pragma once

#include <stdexcept>
#include <string>

#include "autodidact/plugin/export.hpp"

namespace autodidact {

// A parameter or a combination of parameters that cannot work. Say what was found, what is allowed, and the fix.
class AUTODIDACT_API ConfigError : public std::runtime_error {
 public:
  explicit ConfigError(const std::string& what);
  ~ConfigError() override;
};

// Data that a method cannot take: too short, too few series, a missing label.
class AUTODIDACT_API DataError : public std::runtime_error {
 public:
  explicit DataError(const std::string& what);
  ~DataError() override;
};

}  // namespace autodidact
