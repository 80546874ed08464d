// Habits that hold for every source, and for the program that is built from them.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "style/source_tree.hpp"

namespace autodidact::style {
namespace {

constexpr int kMaxLines = 300;

TEST(Files, AreShort) {
  for (const char* folder : {"framework", "plugins", "tests", "benchmarks"})
    for (const std::string& file : sources_below(folder))
      EXPECT_LE(line_count(file), kMaxLines) << file << ": split it by concern";
}

TEST(Files, RootListIsShort) { EXPECT_LT(line_count("CMakeLists.txt"), 100); }

TEST(Files, HeadersAreGuarded) {
  for (const char* folder : {"framework", "plugins", "tests"})
    for (const std::string& file : sources_below(folder)) {
      if (file.compare(file.size() - 4, 4, ".hpp") != 0) continue;
      std::ifstream in(std::filesystem::path(AUTODIDACT_SOURCE_DIR) / file);
      const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
      EXPECT_NE(text.find("#pragma once"), std::string::npos) << file << ": #pragma once is missing";
    }
}

std::string output_of(const std::string& command) {
  std::string text;
  std::array<char, 4096> part;
  FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) return text;
  while (std::fgets(part.data(), part.size(), pipe)) text += part.data();
  pclose(pipe);
  return text;
}

TEST(Program, IsFreeOfLibTorch) {
  const std::string needed = output_of("readelf -d '" AUTODIDACT_BINARY_DIR "/autodidact'");
  ASSERT_NE(needed.find("NEEDED"), std::string::npos) << "the program is not built, or readelf is missing";
  EXPECT_EQ(needed.find("libtorch"), std::string::npos) << needed;
  EXPECT_EQ(needed.find("libc10"), std::string::npos) << needed;
}

// Two clones in different folders give equal digests only if no binary knows where it was built.
TEST(Program, BinariesHoldNoPathOfThisMachine) {
  namespace fs = std::filesystem;
  std::vector<fs::path> binaries = {AUTODIDACT_BINARY_DIR "/autodidact"};
  for (const char* folder : {AUTODIDACT_BINARY_DIR "/lib", AUTODIDACT_PLUGIN_DIR})
    for (const fs::directory_entry& entry : fs::directory_iterator(folder))
      if (entry.is_regular_file() && entry.path().extension() == ".so") binaries.push_back(entry.path());
  for (const fs::path& binary : binaries) {
    std::ifstream in(binary, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const std::size_t found = bytes.find(AUTODIDACT_SOURCE_DIR "/");
    EXPECT_EQ(found, std::string::npos) << binary << " holds the path " << bytes.substr(found, 120).c_str();
  }
}

}  // namespace
}  // namespace autodidact::style
