// key=value from the command line.
#pragma once

#include <string>
#include <vector>

#include "config/suite_file.hpp"

namespace autodidact {

struct Assignment {
  std::string word, key;  // "seed=3", "seed"
  Node value;
};
// The right side is TOML; what is no TOML is taken as text, so that budget=smoke needs no quotes.
std::vector<Assignment> assignments(const std::vector<std::string>& words, Faults& faults);

struct Overrides {
  Settings settings;               // of the protocol and of plugins, for all methods
  std::vector<NamedText> methods;  // methods=...: only these rows; empty: all
};

// Keys of [suite], "dataset.NAME.option" and "grid.KEY" are written into the suite; the rest is returned.
Overrides apply_overrides(const std::vector<std::string>& words, SuiteFile& suite, Faults& faults, Notes& notes);

}  // namespace autodidact
