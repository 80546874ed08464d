#include "config/dataset_list.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <set>

#include "config/generators.hpp"

namespace autodidact {
namespace {

namespace fs = std::filesystem;

struct TextShape {
  std::int64_t lines = 0, tabs_in_first = 0;
};

std::optional<TextShape> text_shape(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> part(1 << 18);
  TextShape shape;
  bool first = true, open = false;  // open: a last line without its line feed
  while (file) {
    file.read(part.data(), static_cast<std::streamsize>(part.size()));
    const char* at = part.data();
    const char* const end = at + file.gcount();
    while (at < end) {
      const void* hit = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
      const char* const stop = hit ? static_cast<const char*>(hit) : end;
      if (first) shape.tabs_in_first += std::count(at, stop, '\t');
      if (hit) {
        shape.lines += open || stop > at;
        first = false;
      }
      open = !hit;
      at = stop + (hit ? 1 : 0);
    }
  }
  if (!file.eof()) return std::nullopt;
  shape.lines += open;
  return shape;
}

DatasetCounts counts_of(const Card& card) {
  return {card.train, card.test, card.channels, card.length,
          card.classes > 0 ? std::optional<std::int64_t>(card.classes) : std::nullopt};
}

void take_card(DatasetInfo& info, const std::vector<fs::path>& card_dirs) {
  try {
    info.card = find_card(info.name, card_dirs, info.generator ? fs::path() : fs::path(info.source));
  } catch (const std::exception& error) {
    info.fault = error.what();
  }
  if (info.card) info.counts = counts_of(*info.card);
}

DatasetInfo describe(const GeneratorInfo& generator) {
  DatasetInfo info;
  info.name = generator.name;
  info.generator = info.found = true;
  info.source = "generator";
  info.counts = {generator.n_train, generator.n_test, generator.channels, generator.length, generator.classes};
  return info;
}

DatasetInfo describe(const std::string& name, const std::vector<DatasetFiles>& hits,
                     const std::vector<fs::path>& roots) {
  DatasetInfo info;
  info.name = name;
  info.source = hits.front().train.string();
  info.found = true;
  std::error_code error;
  if (hits.size() == 1 && fs::is_regular_file(hits.front().test, error)) return info;
  try {  // the same words as a run would meet
    find_dataset_files(name, roots);
  } catch (const std::exception& fault) {
    info.found = false;
    info.fault = fault.what();
  }
  return info;
}

}  // namespace

std::optional<DatasetCounts> count_lines(const DatasetFiles& files) {
  if (files.train.extension() != ".tsv") return std::nullopt;
  const auto train = text_shape(files.train), test = text_shape(files.test);
  if (!train || !test) return std::nullopt;
  return DatasetCounts{train->lines, test->lines, 1, train->tabs_in_first, std::nullopt};
}

std::vector<DatasetInfo> list_datasets(const std::vector<fs::path>& roots, const std::vector<fs::path>& card_dirs) {
  std::vector<DatasetInfo> all;
  std::set<std::string> names;
  const auto add = [&](DatasetInfo info) {
    if (!names.insert(info.name).second) return;
    take_card(info, card_dirs);
    all.push_back(std::move(info));
  };
  for (const GeneratorInfo& generator : dataset_generators()) add(describe(generator));
  const auto generators = static_cast<std::ptrdiff_t>(all.size());
  for (const auto& [name, hits] : scan_datasets(roots)) {
    add(describe(name, hits, roots));
    if (all.back().name == name && !all.back().counts) all.back().counts = count_lines(hits.front());
  }
  for (const fs::path& home : card_dirs) {
    std::error_code error;
    for (fs::directory_iterator it(home, error), end; !error && it != end; it.increment(error)) {
      DatasetInfo info;
      info.name = it->path().filename().string();
      if (fs::is_regular_file(it->path() / "card.toml", error)) add(std::move(info));
    }
  }
  std::sort(all.begin() + generators, all.end(),
            [](const DatasetInfo& a, const DatasetInfo& b) { return a.name < b.name; });
  return all;
}

}  // namespace autodidact
