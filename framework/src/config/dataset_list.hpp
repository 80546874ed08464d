// All datasets that can be named: generators, sets found below the data folders, and sets that only have a card.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/cards.hpp"
#include "config/dataset_files.hpp"

namespace autodidact {

struct DatasetCounts {
  std::int64_t train = 0, test = 0, channels = 1, length = 0;
  std::optional<std::int64_t> classes;  // unknown where labels would have to be read
};

struct DatasetInfo {
  std::string name;
  bool generator = false;
  bool found = false;  // can be used now: a generator, or files that lie below a root
  std::string source;  // "generator", the training file, or "" if not found
  std::optional<Card> card;
  std::optional<DatasetCounts> counts;  // of the card; without one counted in the files where that is cheap
  std::string fault;                    // why a set that was found cannot be used, or why its card was left out
};

// Generators first, then by name. Throws nothing for a broken set or card: `fault` says what is wrong.
std::vector<DatasetInfo> list_datasets(const std::vector<std::filesystem::path>& roots,
                                       const std::vector<std::filesystem::path>& card_dirs);
// Lines and columns of a pair of .tsv files, without parsing a number; none for other formats.
std::optional<DatasetCounts> count_lines(const DatasetFiles& files);

}  // namespace autodidact
