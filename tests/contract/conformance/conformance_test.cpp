// The conformance suite over every plugin found in the build's plugin folder.
#include "host/conformance/conformance.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "host/catalog/catalog.hpp"

namespace autodidact {
namespace {

Catalog find_plugins() {
  std::string scratch = (std::filesystem::temp_directory_path() / "autodidact-conformance-XXXXXX").string();
  CatalogOptions options;
  options.folders = {AUTODIDACT_PLUGIN_DIR};
  options.cache = std::filesystem::path(::mkdtemp(scratch.data())) / "catalog.json";
  options.probe = AUTODIDACT_BINARY_DIR "/tests/plugin_probe";
  Catalog catalog = read_catalog(options);
  std::filesystem::remove_all(scratch);
  return catalog;
}

const Catalog& plugins() {
  static const Catalog catalog = find_plugins();
  return catalog;
}

std::string title(const PluginInfo& info) { return kind_name(info.kind) + "_" + info.name; }

class Conformance : public testing::TestWithParam<PluginInfo> {};

TEST_P(Conformance, EveryCheckPasses) {
  std::size_t run = 0, named = 0;
  double seconds = 0;
  for (const Check& check : conformance(GetParam())) {
    if (check.status == Check::Status::skipped && check.name == "parameters") GTEST_SKIP() << check.found;
    const bool passed = check.status == Check::Status::passed;
    EXPECT_TRUE(passed || check.status == Check::Status::skipped)
        << check.name << ": found: " << check.found << "; expected: " << check.expected;
    std::printf("  %-8s %6.2f s  %s: %s\n", status_name(check.status), check.seconds, check.name.c_str(),
                check.found.c_str());
    ++named;
    run += passed;
    seconds += check.seconds;
  }
  std::printf("  %zu checks, %zu of them run, %.1f s\n", named, run, seconds);
  EXPECT_GE(named, 40u);
}

INSTANTIATE_TEST_SUITE_P(Plugins, Conformance, testing::ValuesIn(plugins().plugins),
                         [](const auto& tested) { return title(tested.param); });

TEST(PluginFolder, HoldsOnlyUsablePlugins) {
  for (const Refusal& refusal : plugins().refused) ADD_FAILURE() << refusal.file << ": " << refusal.reason;
  EXPECT_FALSE(plugins().plugins.empty());
}

}  // namespace

void PrintTo(const PluginInfo& info, std::ostream* out) { *out << kind_name(info.kind) << '/' << info.name; }

}  // namespace autodidact
