// A folder with suites and profiles, and a small catalog, without plugins.
#pragma once

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "config/param.hpp"
#include "config/run.hpp"

namespace autodidact {

inline PluginInfo plugin(Kind kind, const std::string& name, std::vector<std::string> capabilities,
                         std::vector<ParamInfo> params, double weight = 0) {
  PluginInfo info;
  info.kind = kind;
  info.name = name;
  info.version = "1.0.0";
  info.capabilities = std::move(capabilities);
  info.params = std::move(params);
  info.default_weight = weight;
  return info;
}

inline std::vector<PluginInfo> small_catalog() {
  ParamInfo temperature = ranged(param(ParamType::reals, "choice_temperature", "[4.0]", ""), 0, 100);
  temperature.phase = Phase::sample;
  return {
      plugin(Kind::tokenizer, "vqvae", {"gradient", "stochastic_encode"},
             {ranged(param(ParamType::integer, "K", "32", "codes"), 2, 65536),
              ranged(param(ParamType::real, "decay", "0.9", ""), 0, 1),
              param(ParamType::boolean, "legacy_ema", "false", "")}),
      plugin(Kind::tokenizer, "uniform", {"gradient"}, {ranged(param(ParamType::integer, "patch", "4", ""), 1, 64)}),
      plugin(Kind::objective, "none", {}, {}),
      plugin(Kind::objective, "barlow_twins", {"gradient", "self_supervised"},
             {ranged(param(ParamType::integer, "width", "4096", ""), 2, 65536),
              ranged(param(ParamType::real, "lambda", "0.005", ""), 0, 1e6)},
             1.0),
      plugin(Kind::objective, "dense", {"self_supervised", "per_position"}, {}, 0.5),
      plugin(Kind::prior, "maskgit", {"gradient", "conditional"},
             {ranged(param(ParamType::integer, "hidden", "256", ""), 1, 65536),
              choice("mask_convention", {"mask", "keep"}, ""), temperature}),
      plugin(Kind::prior, "unigram", {}, {ranged(param(ParamType::real, "smoothing", "1.0", ""), 0, 1e9)}),
  };
}

class ConfigTest : public testing::Test {
 protected:
  using Run = autodidact::Run;  // testing::Test has one of its own

  void SetUp() override {
    static int count = 0;
    folder_ = std::filesystem::temp_directory_path() /
              ("autodidact-config-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
    std::filesystem::create_directories(folder_ / "profiles");
    sources_.suite_dirs = {folder_.string()};
    sources_.profile_dirs = {(folder_ / "profiles").string()};
    sources_.plugins = small_catalog();
    write("profiles/p.toml", kProfile);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }
  Plan plan(const std::string& text, const std::vector<std::string>& overrides = {}) const {
    write("s.toml", text);
    return load_plan("s", overrides, sources_);
  }
  // What a suite is refused with, line by line, the folder left out.
  std::vector<std::string> faults(const std::string& text, const std::vector<std::string>& overrides = {}) const {
    try {
      plan(text, overrides);
    } catch (const ConfigErrors& errors) {
      std::vector<std::string> lines;
      for (std::string line : errors.lines()) {
        const std::string prefix = folder_.string() + "/";
        for (std::size_t at = line.find(prefix); at != std::string::npos; at = line.find(prefix))
          line.erase(at, prefix.size());
        lines.push_back(line);
      }
      return lines;
    }
    return {};
  }

  static constexpr const char* kProfile = R"([protocol]
"train.tokenizer.epochs" = 1000
"train.tokenizer.batch" = 128
train.prior = { epochs = 1000, batch = 256 }
"ssl.rho" = 0.2
[tokenizer.vqvae]
decay = 0.8
[objective.barlow_twins]
width = 1024
[prior.maskgit]
hidden = 128
)";
  static constexpr const char* kHead = R"([suite]
name = "s"
version = 2
profile = "p"
budget = "full"
datasets = ["cbf"]
seeds = [1, 2]
)";
  static constexpr const char* kVqvae = R"([[method]]
name = "VQVAE"
tokenizer = "vqvae"
prior = "maskgit"
)";
  static constexpr const char* kControl = R"([[method]]
name = "control"
tokenizer = "vqvae"
objective = "none"
augmentation = "warp"
prior = "maskgit"
)";
  static constexpr const char* kBarlow = R"([[method]]
name = "Barlow Twins"
tokenizer = "vqvae"
objective = "barlow_twins"
augmentation = "warp"
prior = "maskgit"
)";
  static std::string suite(const std::string& more) { return kHead + more; }

  std::filesystem::path folder_;
  Sources sources_;
};

}  // namespace autodidact
