// Where the zoo lies, and a scratch folder of a test.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "host/catalog/catalog.hpp"

namespace autodidact::zoo {

namespace fs = std::filesystem;

inline const fs::path kFolder = AUTODIDACT_BINARY_DIR "/tests/bad_plugins";
inline const fs::path kProbe = AUTODIDACT_BINARY_DIR "/tests/plugin_probe";
inline const fs::path kGood = AUTODIDACT_PLUGIN_DIR "/tokenizer_uniform.so";

class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "autodidact-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Scratch() {
    std::error_code ec;
    fs::remove_all(path_, ec);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  fs::path operator/(const std::string& name) const { return path_ / name; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

inline std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_bytes(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// A catalog of its own: nothing of the user's is read or written.
inline CatalogOptions options(const Scratch& scratch, std::vector<fs::path> folders = {}) {
  CatalogOptions o;
  o.folders = std::move(folders);
  o.cache = scratch / "cache/catalog.json";
  o.probe = kProbe;
  return o;
}

// The one line with which a file is refused; "" if it is a plugin.
inline std::string refusal(const fs::path& file, const CatalogOptions& options) {
  try {
    probe_plugin(file, options);
  } catch (const std::exception& e) {
    return e.what();
  }
  return "";
}

}  // namespace autodidact::zoo
