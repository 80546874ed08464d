// Every check can fail: plugins that do one thing wrong fail the check that is for it, and without a fault pass all.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <map>

#include "host/catalog/catalog.hpp"
#include "host/conformance/conformance.hpp"

namespace autodidact {
namespace {

namespace fs = std::filesystem;

struct Case {
  const char* fault;
  const char* check;
};

PluginInfo probe_faulty(const std::string& kind) {
  std::string scratch = (fs::temp_directory_path() / "autodidact-faults-XXXXXX").string();
  CatalogOptions options;
  options.cache = fs::path(::mkdtemp(scratch.data())) / "catalog.json";
  options.probe = AUTODIDACT_BINARY_DIR "/tests/plugin_probe";
  const PluginInfo info = probe_plugin(AUTODIDACT_BINARY_DIR "/tests/faulty/faulty_" + kind + ".so", options);
  fs::remove_all(scratch);
  return info;
}

const PluginInfo& faulty(const std::string& kind) {
  static std::map<std::string, PluginInfo> known;
  const auto [place, fresh] = known.try_emplace(kind);
  if (fresh) place->second = probe_faulty(kind);
  return place->second;
}

void expect_no_failure(const std::vector<Check>& checks) {
  for (const Check& check : checks)
    EXPECT_TRUE(check.status == Check::Status::passed || check.status == Check::Status::skipped)
        << check.name << ": " << check.found;
}

// The check alone, and what all stand on.
void expect_failure(const PluginInfo& info, const Case& tested, CheckOptions options = {}) {
  options.only = {tested.check};
  if (std::string(tested.fault) != "") options.overrides = {{"fault", "\"" + std::string(tested.fault) + "\""}};
  bool failed = false;
  for (const Check& check : conformance(info, options)) {
    if (check.name != tested.check) continue;
    failed = check.status == Check::Status::failed;
    std::printf("  %-16s %s: %s\n", tested.fault, check.name.c_str(), check.found.c_str());
    EXPECT_FALSE(check.found.empty());
    EXPECT_EQ(check.found.find('\n'), std::string::npos) << check.found;
  }
  EXPECT_TRUE(failed) << tested.fault << " passes '" << tested.check << "'";
}

void expect_all(const std::string& kind, std::initializer_list<Case> cases) {
  const PluginInfo& info = faulty(kind);
  expect_no_failure(conformance(info));
  for (const Case& tested : cases) expect_failure(info, tested);
}

TEST(Faults, OfAnyKind) {
  expect_all("tokenizer", {{"shared", "create twice"},
                           {"own_seed", "another seed"},
                           {"seeds", "seeds nothing"},
                           {"name", "names of state"},
                           {"overlap", "memory of state"},
                           {"replaces", "same tensors"},
                           {"to", "to the CPU"},
                           {"global", "determinism"},
                           {"global", "two at once"},
                           {"workspace", "valid until backward"},
                           {"no_number", "finite gradients"},
                           {"in_place", "finite gradients"},
                           {"unreached", "gradients reach"},
                           {"bf16", "bf16"},
                           {"leaks", "memory of training"},
                           {"eval_moves", "eval mode is still"},
                           {"forgets", "answers repeat"},
                           {"mode", "mode switches"},
                           {"asks_gradient", "without gradients"},
                           {"hidden_answers", "loaded answers"},
                           {"hidden_training", "loaded training"},
                           {"input", "inputs"},
                           {"default", "default values"},
                           {"choice", "choices"},
                           {"least", "least values"},
                           {"greatest", "greatest values"},
                           {"thread", "threads"},
                           {"open_file", "open files"},
                           {"setting", "settings"}});
}

TEST(Faults, OfTokenizers) {
  expect_all("tokenizer", {{"odd", "shapes (C = 1, L = 61)"},
                           {"short", "very short series (L = 4)"},
                           {"labels", "no labels"},
                           {"batch", "batches of 2, 3 and 7"},
                           {"constant", "constant series"},
                           {"sum", "sum of terms"},
                           {"twice", "sum of terms"},
                           {"commits", "continuous path"},
                           {"log_graph", "logs"},
                           {"cut", "latents teach"},
                           {"restless", "codebook rests"},
                           {"rises", "learns"},
                           {"layout", "layout"},
                           {"codebook", "codebooks"},
                           {"batch_mean", "batch of 1"},
                           {"strides", "strided series"},
                           {"draws", "frozen calls draw nothing"},
                           {"last_token", "any tokens"},
                           {"other_decode", "agrees with forward"},
                           {"graph", "no graph"},
                           {"tau_default", "stochastic encode"},
                           {"hot", "cold encode"},
                           {"forgets", "bad input"}});
}

TEST(Faults, OfObjectives) {
  expect_all("objective", {{"streams", "two streams"},
                           {"narrow", "pooled by means alone"},
                           {"labels", "no labels"},
                           {"batch", "batches of 2, 3, 7 and 64"},
                           {"one", "batch of 1"},
                           {"sum", "sum of terms"},
                           {"log_graph", "logs"},
                           {"detached", "views learn"},
                           {"equal", "equal views"},
                           {"collapsed", "collapsed views"},
                           {"strides", "strided views"},
                           {"after_step", "after_step"},
                           {"momentum", "momentum"},
                           {"rises", "learns"}});
}

TEST(Faults, OfPriors) {
  expect_all("prior", {{"streams", "two streams, no labels"},
                       {"labels", "one stream, no labels"},
                       {"codes", "without a codebook"},
                       {"batch", "batches of 1, 2 and 7"},
                       {"sum", "sum of terms"},
                       {"log_graph", "logs"},
                       {"rises", "learns"},
                       {"index", "sampling"},
                       {"index", "sampling with classes"},
                       {"other_stream", "sampling of two streams"},
                       {"classless", "classes differ"},
                       {"value", "sampling values"},
                       {"draws", "frozen calls draw nothing"},
                       {"strides", "strided tokens"},
                       {"graph", "no graph"},
                       {"unequal", "masked log-probabilities"},
                       {"peeps", "hidden tokens"},
                       {"all_hidden", "all or nothing hidden"},
                       {"looks_ahead", "earlier streams"},
                       {"improper", "log-likelihood"}});
}

// What a plugin says of itself, spoiled in the listing: the checks read it there.
TEST(Faults, OfDescriptors) {
  const auto spoiled = [](const std::function<void(PluginInfo&)>& spoil) {
    PluginInfo info = faulty("tokenizer");
    spoil(info);
    return info;
  };
  expect_failure(spoiled([](PluginInfo& i) { i.version = "1.0"; }), {"", "version"});
  expect_failure(spoiled([](PluginInfo& i) { i.version = "1..0"; }), {"", "version"});
  expect_failure(spoiled([](PluginInfo& i) { i.params[0].doc = "two\nlines"; }), {"", "texts"});
  expect_failure(spoiled([](PluginInfo& i) { i.paper = "Somebody, somewhere"; }), {"", "paper"});
  expect_failure(spoiled([](PluginInfo& i) { i.capabilities.push_back("conditional"); }), {"", "capabilities"});
  expect_failure(spoiled([](PluginInfo& i) { i.capabilities.push_back("gradient"); }), {"", "capabilities"});
  expect_failure(spoiled([](PluginInfo& i) { i.params[1].max = 7.5; }), {"", "parameter ranges"});
  expect_failure(spoiled([](PluginInfo& i) { i.default_weight = 1; }), {"", "default weight"});
  expect_failure(spoiled([](PluginInfo& i) { i.summary = "Something else"; }), {"", "descriptor"});
  CheckOptions unknown;
  unknown.overrides = {{"sizes", "3"}};
  expect_failure(faulty("tokenizer"), {"", "parameters"}, unknown);
}

TEST(Faults, WhatIsWrittenIsSeen) {
  const PluginInfo& info = faulty("tokenizer");
  expect_failure(info, {"talks", kSilence});
  std::string scratch = (fs::temp_directory_path() / "autodidact-faults-XXXXXX").string();
  CheckOptions options;
  options.scratch = ::mkdtemp(scratch.data());
  expect_failure(info, {"writes", "files written"}, options);
  fs::remove_all(scratch);
}

// What all stand on: the rest is named, and not run.
TEST(Faults, NothingIsRunOnWhatFailed) {
  CheckOptions options;
  options.overrides = {{"fault", "7"}};
  std::size_t not_run = 0;
  for (const Check& check : conformance(faulty("tokenizer"), options)) {
    if (check.status != Check::Status::not_run) continue;
    ++not_run;
    EXPECT_NE(check.found.find("no valid parameters"), std::string::npos) << check.found;
  }
  EXPECT_GT(not_run, 50u);
}

// An example file that a build may leave out is no fault of the plugin; that nothing could be checked is said.
TEST(Faults, AnAbsentExampleSkipsTheRest) {
  PluginInfo info = faulty("tokenizer");
  info.params[0].type = ParamType::file;
  info.check.emplace_back("fault", "\"nowhere.pt\"");
  std::size_t skipped = 0;
  for (const Check& check : conformance(info)) {
    EXPECT_NE(check.status, Check::Status::failed) << check.name;
    EXPECT_NE(check.status, Check::Status::not_run) << check.name;
    skipped += check.status == Check::Status::skipped && check.found.find("nowhere.pt") != std::string::npos;
  }
  EXPECT_GT(skipped, 50u);
}

// A suite that was begun anew behind a check gives the others only.
TEST(Suite, GoesOnBehindACheck) {
  const PluginInfo& info = faulty("tokenizer");
  std::vector<PlannedCheck> plan;
  std::vector<std::size_t> begun;
  CheckEvents events;
  events.plan = [&](const std::vector<PlannedCheck>& all) { plan = all; };
  events.begin = [&](std::size_t number) { begun.push_back(number); };
  CheckOptions options;
  options.only = {"version", "texts", "create*"};
  const std::vector<Check> all = conformance(info, options, events);
  ASSERT_EQ(all.size(), plan.size());
  ASSERT_EQ(plan.back().name, kSilence);
  begun.clear();
  options.first = plan.size();  // behind silence, where golden files are
  EXPECT_TRUE(conformance(info, options, events).empty());
  options.first = plan.size() - 1;
  EXPECT_EQ(conformance(info, options, events).size(), 1u);
  EXPECT_EQ(begun.back(), plan.size() - 1);
  begun.clear();
  options.first = 4;
  const std::vector<Check> rest = conformance(info, options, events);
  ASSERT_EQ(rest.size(), all.size() - 4);
  EXPECT_EQ(begun.front(), 4u);
  EXPECT_EQ(rest.front().name, all[4].name);
}

}  // namespace
}  // namespace autodidact
