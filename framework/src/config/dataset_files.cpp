#include "config/dataset_files.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <system_error>

#include "config/generators.hpp"
#include "config/suggest.hpp"

namespace autodidact {
namespace {

namespace fs = std::filesystem;
using Hits = std::map<std::string, std::vector<DatasetFiles>>;

constexpr const char* kEndings[] = {".tsv", ".ts", ".npz", ".npy"};
constexpr int kDepth = 8;

// A folder reached twice (a link, overlapping roots) is walked once, so a circle of links ends.
struct Walk {
  Hits hits;
  std::set<fs::path> seen;

  void collect(const fs::path& folder) {
    const std::string name = folder.filename().string();
    if (name.empty()) return;
    for (const char* ending : kEndings) {
      const fs::path train = folder / (name + "_TRAIN" + ending);
      std::error_code error;
      if (fs::is_regular_file(train, error)) hits[name].push_back({train, folder / (name + "_TEST" + ending)});
    }
  }

  void visit(const fs::path& folder, int depth) {
    std::error_code error;
    const fs::path canonical = fs::canonical(folder, error);
    if (error || !seen.insert(canonical).second) return;
    collect(depth == 0 ? canonical : folder);
    if (depth == kDepth) return;
    std::vector<fs::path> folders;
    for (fs::directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end;
         !error && it != end; it.increment(error)) {
      std::error_code kind;
      if (it->is_directory(kind) && it->path().filename().string().front() != '.') folders.push_back(it->path());
    }
    std::sort(folders.begin(), folders.end());
    for (const fs::path& child : folders) visit(child, depth + 1);
  }
};

bool same_bytes(const fs::path& a, const fs::path& b) {
  std::error_code error;
  const auto size_a = fs::file_size(a, error);
  if (error) return false;
  const auto size_b = fs::file_size(b, error);
  if (error || size_a != size_b) return false;
  std::ifstream file_a(a, std::ios::binary), file_b(b, std::ios::binary);
  std::vector<char> part_a(1 << 16), part_b(1 << 16);
  while (file_a && file_b) {
    file_a.read(part_a.data(), static_cast<std::streamsize>(part_a.size()));
    file_b.read(part_b.data(), static_cast<std::streamsize>(part_b.size()));
    if (file_a.gcount() != file_b.gcount()) return false;
    if (!std::equal(part_a.begin(), part_a.begin() + file_a.gcount(), part_b.begin())) return false;
  }
  return file_a.eof() && file_b.eof();
}

bool same_data(const DatasetFiles& a, const DatasetFiles& b) {
  return a.train.extension() == b.train.extension() && same_bytes(a.train, b.train) && same_bytes(a.test, b.test);
}

}  // namespace

Hits scan_datasets(const std::vector<fs::path>& roots) {
  Walk walk;
  for (const fs::path& root : roots) walk.visit(root, 0);
  return std::move(walk.hits);
}

std::optional<DatasetFiles> find_dataset_files(const std::string& name, const std::vector<fs::path>& roots) {
  Hits hits = scan_datasets(roots);
  const auto found = hits.find(name);
  if (found == hits.end()) return std::nullopt;
  const DatasetFiles& first = found->second.front();
  std::error_code error;
  if (!fs::is_regular_file(first.test, error))
    throw DataError(first.train.string() + ": found without its test part; expected " + first.test.string() +
                    " beside it");
  for (const DatasetFiles& other : found->second) {
    if (&other == &first || same_data(first, other)) continue;
    throw DataError("dataset '" + name + "' was found twice with different content: " + first.train.string() + " and " +
                    other.train.string() + "; remove one, or name a narrower folder with --data");
  }
  return first;
}

DatasetMissing missing_dataset(const std::string& name, const std::vector<fs::path>& roots) {
  std::vector<std::string> known;
  for (const auto& entry : scan_datasets(roots)) known.push_back(entry.first);
  for (const GeneratorInfo& generator : dataset_generators()) known.push_back(generator.name);
  std::string text = "dataset '" + name + "' was not found: no generator has the name, ";
  if (roots.empty()) {
    text += "and no data folder was given (--data DIR or AUTODIDACT_DATA)";
  } else {
    text += "nor is there " + name + "/" + name + "_TRAIN.{tsv,ts,npz,npy} below ";
    for (std::size_t i = 0; i < roots.size(); ++i) {
      std::error_code error;
      text += (i ? ", " : "") + roots[i].string() + (fs::is_directory(roots[i], error) ? "" : " (no such folder)");
    }
  }
  const std::string hint = did_you_mean(name, known);
  return DatasetMissing(text + (hint.empty() ? "" : "; " + hint));
}

}  // namespace autodidact
