#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "protocol/claim.hpp"
#include "protocol/stage_store.hpp"
#include "protocol/stages.hpp"

namespace autodidact {
namespace {

namespace fs = std::filesystem;

struct Folder {
  fs::path path = fs::temp_directory_path() / ("store-test-" + std::to_string(::getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

PluginInfo plugin(const std::string& digest) {
  PluginInfo info;
  info.name = "p";
  info.version = "1.0.0";
  info.digest = digest;
  return info;
}

Record output() {
  Record record;
  record.attributes["cost/x"]["seconds"] = 1.5;
  return record;
}

TEST(StageKey, ChangesWithEveryPart) {
  StageKey a("s"), b("s"), c("t");
  a.add("k", std::int64_t{1});
  b.add("k", std::int64_t{2});
  c.add("k", std::int64_t{1});
  EXPECT_NE(a.hex(), b.hex());
  EXPECT_NE(a.hex(), c.hex());
  StageKey again("s");
  again.add("k", std::int64_t{1});
  EXPECT_EQ(a.hex(), again.hex());
  EXPECT_EQ(a.hex().size(), 32u);
}

TEST(StageKey, VersionKeyIgnoresTheBinary) {
  StageKey a("s"), b("s");
  a.add(plugin("one"));
  b.add(plugin("two"));
  EXPECT_NE(a.hex(), b.hex());
  EXPECT_EQ(a.version_hex(), b.version_hex());
}

// What gives the same bytes has the same key, so that it is trained once.
TEST(StageKey, PairingsThatAreOneHaveOneKey) {
  Folder folder;
  StageStore store(folder.path, false);
  const Dataset data;
  const Progress progress;
  autodidact::Run run;
  run.augmentation_steps = {{"flip", {}}};
  run.augmentation = "flip";
  run.objective.info.capabilities = {"self_supervised"};
  run.ssl.weight = 1;
  const auto key = [&](const std::string& pairing, std::int64_t views) {
    run.ssl.pairing = pairing;
    run.ssl.views = views;
    return tokenizer_key({run, data, store, progress}).hex();
  };
  EXPECT_NE(key("continuous", 1), key("quantised_continuous", 1));
  EXPECT_EQ(key("continuous", 2), key("quantised_continuous", 2));
  EXPECT_NE(key("quantised", 2), key("continuous", 2));
  run.ssl.weight = 0;
  EXPECT_EQ(key("continuous", 1), key("quantised_continuous", 1));
  EXPECT_NE(key("quantised", 1), key("continuous", 1));
}

TEST(StageStore, SecondCallMakesNothing) {
  Folder folder;
  StageStore store(folder.path, false);
  const StageKey key("s");
  int made = 0;
  const auto make = [&](const fs::path&) { return ++made, output(); };
  EXPECT_TRUE(store.get("s", key, {}, make).made);
  const auto second = store.get("s", key, {}, make);
  EXPECT_FALSE(second.made);
  EXPECT_EQ(made, 1);
  EXPECT_EQ(second.record.attributes.at("cost/x").at("seconds"), Value(1.5));
  EXPECT_EQ(second.record.texts.at("stage/s"), key.text());
}

TEST(StageStore, RebuiltBinaryIsAcceptedOnlyWhenAsked) {
  Folder folder;
  StageKey old_key("s"), new_key("s");
  old_key.add(plugin("old"));
  new_key.add(plugin("new"));
  const auto make = [&](const fs::path&) { return output(); };
  StageStore strict(folder.path, false), lenient(folder.path, true);
  strict.get("s", old_key, {}, make);
  const auto reused = lenient.get("s", new_key, {}, make);
  EXPECT_TRUE(reused.by_version);
  EXPECT_EQ(reused.key, old_key.hex());
  EXPECT_TRUE(strict.get("s", new_key, {}, make).made);
}

TEST(StageStore, FailedStageLeavesNoClaimBehind) {
  Folder folder;
  StageStore store(folder.path, false);
  const StageKey key("s");
  EXPECT_THROW(store.get("s", key, {}, [](const fs::path&) -> Record { throw std::runtime_error("no"); }),
               std::runtime_error);
  EXPECT_TRUE(store.get("s", key, {}, [](const fs::path&) { return output(); }).made);
}

TEST(Claim, IsExclusiveAndReleased) {
  Folder folder;
  const fs::path file = folder.path / "c.claim";
  {
    const auto first = Claim::take(file);
    ASSERT_TRUE(first);
    EXPECT_FALSE(Claim::take(file));
  }
  EXPECT_TRUE(Claim::take(file));
}

TEST(Claim, OfADeadProcessIsTakenOver) {
  Folder folder;
  const fs::path file = folder.path / "c.claim";
  const pid_t child = ::fork();
  if (child == 0) {
    auto claim = Claim::take(file);
    ::_exit(claim ? 0 : 1);  // without releasing
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  ASSERT_TRUE(fs::exists(file));
  EXPECT_TRUE(Claim::take(file));
}

}  // namespace
}  // namespace autodidact
