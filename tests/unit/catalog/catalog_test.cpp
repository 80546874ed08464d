// The search path, the cache and the answers of the probe. Libraries are loaded in children only.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "autodidact/plugin/error.hpp"
#include "bad_plugins/zoo.hpp"
#include "host/catalog/child.hpp"
#include "host/catalog/elf.hpp"
#include "host/catalog/info_json.hpp"

namespace autodidact::zoo {
namespace {

using testing::HasSubstr;

double seconds_of(const std::function<void()>& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST(Elf, AcceptsLibrariesThatAreWhole) {
  EXPECT_EQ(elf_fault(kGood), "");
  EXPECT_EQ(elf_fault(kFolder / "no_descriptor.so"), "");
}

TEST(Elf, RefusesHostileHeaders) {
  const Scratch scratch;
  std::string bytes = bytes_of(kGood);
  for (std::size_t i = 0x20; i < 0x40; ++i) bytes[i] = '\xff';  // offsets, sizes and counts of both tables
  write_bytes(scratch / "f.so", bytes);
  EXPECT_NE(elf_fault(scratch / "f.so"), "");
  bytes = bytes_of(kGood);
  bytes[0x12] = 0x28;  // another processor
  write_bytes(scratch / "f.so", bytes);
  EXPECT_THAT(elf_fault(scratch / "f.so"), HasSubstr("another processor"));
}

TEST(Child, OutputExitCodeSignalAndTime) {
  const ChildResult said = run_child("/bin/sh", {"-c", "echo out; echo err >&2; exit 7"}, 10);
  EXPECT_EQ(said.end, ChildResult::End::exited);
  EXPECT_EQ(said.code, 7);
  EXPECT_EQ(said.out, "out\n");
  EXPECT_EQ(said.err, "err\n");
  const ChildResult died = run_child("/bin/sh", {"-c", "kill -BUS $$"}, 10);
  EXPECT_EQ(died.end, ChildResult::End::signalled);
  EXPECT_EQ(signal_name(died.code), "SIGBUS");
  // Also children of the child, and one that closes its output first.
  for (const char* script : {"sleep 100", "sleep 100 & sleep 100", "exec >&- 2>&-; sleep 100"})
    EXPECT_LT(seconds_of([&] {
                EXPECT_EQ(run_child("/bin/sh", {"-c", script}, 0.3).end, ChildResult::End::timed_out);
              }),
              5.0);
  EXPECT_THROW(run_child("/nowhere/program", {}, 1), ConfigError);
}

TEST(Child, FloodOfOutputIsCut) {
  const ChildResult flood = run_child("/bin/sh", {"-c", "head -c 20000000 /dev/zero"}, 20);
  EXPECT_EQ(flood.code, 0);
  EXPECT_LT(flood.out.size(), 5u << 20);
}

TEST(Probe, ReadsTheDescriptor) {
  const Scratch scratch;
  const PluginInfo info = probe_plugin(kGood, options(scratch));
  EXPECT_EQ(info.name, "uniform");
  EXPECT_EQ(info.kind, Kind::tokenizer);
  EXPECT_TRUE(info.can("gradient"));
  EXPECT_FALSE(info.can("conditional"));
  EXPECT_EQ(info.file, kGood);
  EXPECT_EQ(info.digest.size(), 64u);
  ASSERT_EQ(info.params.size(), 4u);
  EXPECT_EQ(info.params[0].name, "K");
  EXPECT_EQ(info.params[0].min, 2);
}

TEST(Probe, InfoSurvivesJson) {
  PluginInfo info;
  info.kind = Kind::prior;
  info.name = "p";
  info.capabilities = {"gradient", "conditional"};
  ParamInfo p;
  p.name = "x";
  p.type = ParamType::reals;
  p.default_text = "[0.1, 1e-300]";
  p.min = -std::numeric_limits<double>::infinity();
  p.max = 0.1;
  p.choices = {"a", "b"};
  p.phase = Phase::sample;
  p.required = true;
  info.params = {p};
  info.check = {{"x", "[1.0]"}};
  info.golden = {{"file", "a*|b"}};
  info.default_weight = 0.01;
  const nlohmann::json once = to_json_value(info);
  const PluginInfo back = plugin_info_of(nlohmann::json::parse(once.dump()));
  EXPECT_EQ(to_json_value(back), once);
  EXPECT_EQ(back.params[0].min, p.min);
  EXPECT_EQ(back.params[0].max, p.max);
  EXPECT_EQ(back.check, info.check);
}

TEST(Catalog, CacheSparesTheProbe) {
  const Scratch scratch;
  fs::create_directory(scratch / "plugins");
  fs::copy_file(kGood, scratch / "plugins/a.so");
  fs::copy_file(kFolder / "no_descriptor.so", scratch / "plugins/b.so");
  CatalogOptions o = options(scratch, {scratch / "plugins"});
  const Catalog first = read_catalog(o);
  ASSERT_EQ(first.plugins.size(), 1u);
  ASSERT_EQ(first.refused.size(), 1u);
  o.probe = "/nowhere/probe";  // nothing may be probed now
  const Catalog second = read_catalog(o);
  ASSERT_EQ(second.plugins.size(), 1u);
  EXPECT_EQ(to_json_value(second.plugins[0]), to_json_value(first.plugins[0]));
  EXPECT_EQ(second.plugins[0].digest, first.plugins[0].digest);
  EXPECT_EQ(second.refused[0].reason, first.refused[0].reason);
}

TEST(Catalog, ChangedFileIsProbedAnew) {
  const Scratch scratch;
  fs::create_directory(scratch / "plugins");
  fs::copy_file(kGood, scratch / "plugins/a.so");
  const CatalogOptions o = options(scratch, {scratch / "plugins"});
  const auto time = fs::last_write_time(scratch / "plugins/a.so");
  EXPECT_EQ(read_catalog(o).plugins.size(), 1u);
  // Same path, size and time, other bytes.
  std::string bytes = bytes_of(kGood);
  bytes.replace(0, 4, "text");
  write_bytes(scratch / "plugins/a.so", bytes);
  fs::last_write_time(scratch / "plugins/a.so", time);
  const Catalog changed = read_catalog(o);
  EXPECT_TRUE(changed.plugins.empty());
  EXPECT_EQ(changed.refused.size(), 1u);
}

TEST(Catalog, CorruptCacheIsIgnoredAndReplaced) {
  const Scratch scratch;
  const CatalogOptions o = options(scratch, {kGood});
  fs::create_directories(o.cache.parent_path());
  for (const char* text : {"", "{", "[1]", "{\"schema\": 1, \"host\": 3, \"files\": 4}", "\xff\xfe"}) {
    write_bytes(o.cache, text);
    EXPECT_EQ(read_catalog(o).plugins.size(), 1u) << text;
  }
  nlohmann::json cache = nlohmann::json::parse(bytes_of(o.cache));
  for (auto& entry : cache["files"]) entry["plugin"].erase("params");
  write_bytes(o.cache, cache.dump());
  const Catalog catalog = read_catalog(o);
  ASSERT_EQ(catalog.plugins.size(), 1u);
  EXPECT_EQ(catalog.plugins[0].params.size(), 4u);
}

TEST(Catalog, CacheThatCannotBeWrittenIsLeftOut) {
  const Scratch scratch;
  write_bytes(scratch / "file", "a file where a folder is needed");
  CatalogOptions o = options(scratch, {kGood});
  o.cache = scratch / "file/catalog.json";
  EXPECT_EQ(read_catalog(o).plugins.size(), 1u);
  o.cache.clear();
  EXPECT_EQ(read_catalog(o).plugins.size(), 1u);
}

TEST(Catalog, SameFileTwiceIsNoDuplicate) {
  const Scratch scratch;
  fs::create_directories(scratch / "one");
  fs::create_directories(scratch / "two");
  fs::copy_file(kGood, scratch / "one/a.so");
  fs::copy_file(kGood, scratch / "two/a.so");
  fs::create_symlink(scratch / "one/a.so", scratch / "two/link.so");
  const Catalog catalog =
      read_catalog(options(scratch, {scratch / "one", scratch / "one/.", scratch / "two", scratch / "one/a.so"}));
  ASSERT_EQ(catalog.plugins.size(), 1u);
  EXPECT_EQ(catalog.plugins[0].file, scratch / "one/a.so");  // the first in the search path
  EXPECT_TRUE(catalog.refused.empty());
}

TEST(Catalog, TwoFilesOfOneNameAreAnErrorWithBothPaths) {
  const Scratch scratch;
  try {
    read_catalog(options(scratch, {kGood, kFolder / "duplicate_name.so"}));
    FAIL();
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.what(), testing::AllOf(HasSubstr(kGood.string()), HasSubstr("duplicate_name.so"),
                                         HasSubstr("tokenizer/uniform")));
  }
}

TEST(Catalog, MissingFolderIsSaid) {
  const Scratch scratch;
  const Catalog catalog = read_catalog(options(scratch, {scratch / "nowhere", kGood}));
  EXPECT_EQ(catalog.plugins.size(), 1u);
  ASSERT_EQ(catalog.refused.size(), 1u);
  EXPECT_THAT(catalog.refused[0].reason, HasSubstr("no such folder"));
}

TEST(Catalog, ProbeThatCannotStartIsAnError) {
  const Scratch scratch;
  CatalogOptions o = options(scratch, {kGood});
  o.probe = "/nowhere/probe";
  EXPECT_THROW(read_catalog(o), ConfigError);
}

}  // namespace
}  // namespace autodidact::zoo
