// Studies of the measures themselves: a file of [study] in place of [suite].
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/run.hpp"

namespace autodidact {

struct Study {
  std::string name;
  std::int64_t version = 1;
  std::vector<Run> runs;  // one a dataset, without plugins
};

// The study of this name in the folders, or of this file; none if it holds no [study]. `words` are key=value of what
// decides measures (see config/external.hpp), and datasets=a,b. Throws ConfigErrors.
std::optional<Study> load_study(const std::string& name, const std::vector<std::string>& words,
                                const std::vector<std::string>& suite_dirs);

}  // namespace autodidact
