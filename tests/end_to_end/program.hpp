// Runs the built program and reads what it wrote.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "results/file.hpp"

namespace autodidact::testing {

namespace fs = std::filesystem;

inline const std::string kProgram = std::string(AUTODIDACT_BINARY_DIR) + "/autodidact";

// A folder of its own, gone at the end.
class Scratch {
 public:
  Scratch() {
    static int count = 0;
    path_ =
        fs::temp_directory_path() / ("autodidact-e2e-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
    fs::create_directories(path_);
  }
  ~Scratch() { fs::remove_all(path_); }
  fs::path operator/(const std::string& name) const { return path_ / name; }
  const fs::path& path() const { return path_; }
  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return path_ / name;
  }

 private:
  fs::path path_;
};

struct Result {
  int code = 0;
  std::string out, err;
};

inline std::string slurp(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

inline Result call(const Scratch& scratch, const std::string& arguments, const std::string& environment = "") {
  const fs::path out = scratch / "stdout", err = scratch / "stderr";
  const std::string line = environment + " " + kProgram + " " + arguments + " >" + out.string() + " 2>" + err.string();
  const int status = std::system(line.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), slurp(out), slurp(err)};
}

// run title -> {content digest, metrics digest} of every finished record in a folder.
inline std::map<std::string, std::vector<std::string>> digests(const fs::path& folder) {
  std::map<std::string, std::vector<std::string>> all;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".h5") continue;
    const Record record = read_record(entry.path(), {[](const std::string&) { return false; }});
    const Values& root = record.attributes.at("");
    const auto text = [&](const char* key) { return std::get<std::string>(root.at(key)); };
    all[text("dataset") + "/" + text("method") + "/" + to_toml(root.at("seed")) + "/" + text("status")] = {
        text("content_digest"), text("metrics_digest")};
  }
  return all;
}

inline fs::path only_record(const fs::path& folder) {
  fs::path found;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".h5") {
      EXPECT_TRUE(found.empty()) << "more than one record in " << folder;
      found = entry.path();
    }
  return found;
}

// One run of a few seconds.
inline std::string tiny_suite(const std::string& more = "") {
  return R"([suite]
name = "tiny"
version = 1
profile = "thesis"
budget = { tokenizer = 3, prior = 3, samples = 16 }
datasets = ["cbf"]
seeds = [1]
threads = 1

[dataset.cbf]
n_train = 40
n_test = 24

[protocol]
"train.tokenizer.batch" = 16
"train.prior.batch" = 16
"evaluation.fcn_steps" = 5
"evaluation.block" = 32
)" + more;
}

inline std::string method(const std::string& name, const std::string& more) {
  return "\n[[method]]\nname = \"" + name + "\"\ntokenizer = \"vqvae\"\n" + more;
}

}  // namespace autodidact::testing
