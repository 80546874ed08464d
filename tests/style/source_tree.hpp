// The sources of the project as text: which files there are, and what each includes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace autodidact::style {

struct Include {
  std::string file;  // relative to the source folder: "framework/src/data/dataset.cpp"
  int line = 0;
  std::string target;  // what stands between the quotes or angles
  bool quoted = false;
};

// Every *.cpp and *.hpp below a folder, relative to the source folder, sorted.
std::vector<std::string> sources_below(const std::string& folder);
std::vector<Include> includes_of(const std::string& file);
int line_count(const std::string& file);
bool exists(const std::string& file);
// Headers reached from a file through quoted includes that lie in framework/src or framework/include, with the file
// that includes each; the angled ones among them are not followed.
std::vector<Include> reached_from(const std::string& file);

}  // namespace autodidact::style
