// Everything that is wrong with a configuration, gathered so that it is told at once.
#pragma once

#include <string>
#include <vector>

#include "config/tree.hpp"

namespace autodidact {

class Faults {
 public:
  // One line "file:line: key: what"; a line that was told already is not repeated.
  void add(const Where& where, const std::string& key, const std::string& what);
  bool any() const { return !lines_.empty(); }
  std::size_t count() const { return lines_.size(); }
  // Throws ConfigErrors if there is any.
  void raise() const;

 private:
  std::vector<std::string> lines_;
};

// Sentences for the plan, each once.
class Notes {
 public:
  void add(const std::string& note);
  std::vector<std::string> lines;
};

}  // namespace autodidact
