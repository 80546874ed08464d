// Shared by the data tests: temporary folders and the text of errors.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace autodidact::test {

namespace fs = std::filesystem;

// A folder that goes when the test ends.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (fs::temp_directory_path() / "autodidact_data_XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TempFolder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const fs::path& path() const { return path_; }
  fs::path write(const fs::path& name, const std::string& content) const {
    const fs::path file = path_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }

 private:
  fs::path path_;
};

// The message of the error E that `call` throws; "" (and a failure) if it throws none.
template <class E, class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const E& error) {
    return error.what();
  }
  ADD_FAILURE() << "no error was thrown";
  return "";
}

inline fs::path shared_datasets() { return fs::path(AUTODIDACT_SHARED_DIR) / "datasets"; }

}  // namespace autodidact::test
