#include "style/source_tree.hpp"

#include <algorithm>
#include <fstream>
#include <set>

namespace autodidact::style {

namespace fs = std::filesystem;

namespace {
const fs::path kRoot = AUTODIDACT_SOURCE_DIR;
}  // namespace

std::vector<std::string> sources_below(const std::string& folder) {
  std::vector<std::string> files;
  if (!fs::exists(kRoot / folder)) return files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / folder)) {
    const fs::path extension = entry.path().extension();
    if (entry.is_regular_file() && (extension == ".cpp" || extension == ".hpp"))
      files.push_back(fs::relative(entry.path(), kRoot).generic_string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Include> includes_of(const std::string& file) {
  std::vector<Include> includes;
  std::ifstream in(kRoot / file);
  std::string text;
  for (int line = 1; std::getline(in, text); ++line) {
    const std::size_t hash = text.find_first_not_of(" \t");
    if (hash == std::string::npos || text[hash] != '#') continue;
    const std::size_t word = text.find_first_not_of(" \t", hash + 1);
    if (word == std::string::npos || text.compare(word, 7, "include") != 0) continue;
    const std::size_t open = text.find_first_of("\"<", word);
    if (open == std::string::npos) continue;
    const std::size_t close = text.find_first_of("\">", open + 1);
    if (close == std::string::npos) continue;
    includes.push_back({file, line, text.substr(open + 1, close - open - 1), text[open] == '"'});
  }
  return includes;
}

int line_count(const std::string& file) {
  std::ifstream in(kRoot / file);
  int lines = 0;
  for (std::string text; std::getline(in, text);) ++lines;
  return lines;
}

bool exists(const std::string& file) { return fs::exists(kRoot / file); }

std::vector<Include> reached_from(const std::string& file) {
  std::vector<Include> reached;
  std::set<std::string> seen;
  std::vector<std::string> open = {file};
  while (!open.empty()) {
    const std::string current = open.back();
    open.pop_back();
    for (const Include& include : includes_of(current)) {
      reached.push_back(include);
      if (!include.quoted) continue;
      const std::string beside = (fs::path(current).parent_path() / include.target).generic_string();
      for (const std::string& candidate :
           {beside, "framework/src/" + include.target, "framework/include/" + include.target})
        if (exists(candidate) && seen.insert(candidate).second) open.push_back(candidate);
    }
  }
  return reached;
}

}  // namespace autodidact::style
