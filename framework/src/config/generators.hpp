// What is known of the built-in datasets without making them: names, sizes and options.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/plugin_info.hpp"

namespace autodidact {

// Sizes are the defaults, those of the UCR archive. `params` are the options that [dataset.NAME] may set in a suite:
// n_train, n_test and seed.
struct GeneratorInfo {
  std::string name, summary;
  std::int64_t n_train = 0, n_test = 0, channels = 1, length = 0, classes = 0;
  std::vector<ParamInfo> params;
};

const std::vector<GeneratorInfo>& dataset_generators();
const GeneratorInfo* find_generator(const std::string& name);  // null if there is none

}  // namespace autodidact
