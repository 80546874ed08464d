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
  bool any() const { return !entries_.empty(); }
  std::size_t count() const { return entries_.size(); }
  // Throws ConfigErrors if there is any: file by file, from the top down.
  void raise() const;

 private:
  struct Entry {
    std::size_t file;  // order of first mention
    int line;
    std::string text;
  };
  std::vector<std::string> files_;
  std::vector<Entry> entries_;
};

// Sentences for the plan, each once.
class Notes {
 public:
  void add(const std::string& note);
  std::vector<std::string> lines;
};

}  // namespace autodidact
