// Dataset cards: what a dataset should be, where it comes from and under which terms. One card.toml a dataset, in
// <home>/<name>/ or beside the data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace autodidact {

struct Card {
  std::string name;
  std::filesystem::path file;
  std::string type;                  // "ECG", "Simulated", ...
  std::int64_t train = 0, test = 0;  // series
  std::int64_t channels = 1, length = 0;
  std::int64_t classes = 0;  // 0: no labels
  std::string source, url, licence, citation;
  std::string origin;                     // the work the data comes from, where it is known
  std::string sha256_train, sha256_test;  // of the original files, where known
};

// Throws ConfigError (file, line, key, found, expected) if the card cannot be read; none if there is no card.
std::optional<Card> find_card(const std::string& name, const std::filesystem::path& home);
std::optional<Card> find_card(const std::string& name, const std::vector<std::filesystem::path>& homes);
// The same, and where no home has one: that in the folder of `data_file`, one of the dataset's files.
std::optional<Card> find_card(const std::string& name, const std::vector<std::filesystem::path>& homes,
                              const std::filesystem::path& data_file);

}  // namespace autodidact
