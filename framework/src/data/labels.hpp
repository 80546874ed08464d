// Raw labels -> integers 0, 1, ... in sorted order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/readers.hpp"

namespace autodidact {

struct Labels {
  std::vector<std::string> names;         // sorted: by number if every label is one, else by bytes
  std::vector<std::int64_t> train, test;  // empty where the set has no labels
};

// Labels that are numbers are compared as such: 1, 1.0 and 1e0 are one class. With `unseen_is_error` the classes are
// those of train, and another label in test is an error that names its file and line; else those of both.
Labels encode_labels(const RawTable& train, const RawTable& test, bool unseen_is_error);

// How a class of that label is named: of a number its shortest text ("1.0" is "1"), else the label.
std::string class_name(const std::string& label);
std::string class_name(double label);

}  // namespace autodidact
