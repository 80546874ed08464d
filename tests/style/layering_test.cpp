// Includes point one way: app -> protocol -> host, data, metrics -> results, config -> contract. A plugin sees the
// contract, its own folder and plugins/common, and nothing of the host.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "style/source_tree.hpp"

namespace autodidact::style {
namespace {

std::string where(const Include& include) {
  return include.file + ":" + std::to_string(include.line) + ": #include " + include.target + ": ";
}
bool starts_with(const std::string& text, const std::string& start) { return text.rfind(start, 0) == 0; }

// A room of the house, and the rooms that its files may include besides itself and the contract.
const std::map<std::string, std::set<std::string>> kRooms = {
    {"api", {}},
    {"config", {}},
    {"results", {"config"}},
    {"host/catalog", {"results", "config"}},
    {"host", {"host/catalog", "results", "config"}},
    {"data", {"results", "config"}},
    {"metrics", {"results", "config"}},
    {"protocol", {"host", "host/catalog", "data", "metrics", "results", "config"}},
    {"app", {"protocol", "host/catalog", "results", "config"}},
    {"app/engine", {"app", "protocol", "host", "host/catalog", "data", "metrics", "results", "config"}},
};

// The room of a path below framework/src: the longest name that starts it, or "".
std::string room_of(const std::string& path) {
  std::string best;
  for (const auto& [room, allowed] : kRooms)
    if (starts_with(path, room + "/") && room.size() > best.size()) best = room;
  return best;
}

TEST(Layering, IncludesPointDownTheArrow) {
  const std::string base = "framework/src/";
  for (const std::string& file : sources_below("framework/src")) {
    const std::string from = room_of(file.substr(base.size()));
    if (from.empty()) {
      EXPECT_TRUE(starts_with(file, base + "pch.")) << file << ": lies in no room; name its folder in kRooms";
      continue;
    }
    for (const Include& include : includes_of(file)) {
      if (!include.quoted || starts_with(include.target, "autodidact/plugin/")) continue;
      const bool has_folder = include.target.find('/') != std::string::npos;
      const std::string to = has_folder ? room_of(include.target) : from;
      EXPECT_TRUE(to == from || kRooms.at(from).count(to))
          << where(include) << "'" << from << "' may not include '" << (to.empty() ? include.target : to) << "'";
    }
  }
}

// What a library serves stays in one room, so that it can be replaced there.
TEST(Layering, LibrariesStayInTheirRoom) {
  const std::map<std::string, std::set<std::string>> homes = {
      {"boost/dll", {"host", "host/catalog"}},
      {"hdf5", {"results"}},
      {"H5", {"results"}},
      {"toml++", {"config"}},
      {"libsvm", {"metrics"}},
      {"CLI/", {"app"}},
      {"openssl", {"results"}},
  };
  for (const std::string& file : sources_below("framework/src"))
    for (const Include& include : includes_of(file))
      for (const auto& [library, rooms] : homes)
        if (starts_with(include.target, library)) {
          const std::string room = room_of(file.substr(std::string("framework/src/").size()));
          EXPECT_TRUE(rooms.count(room)) << where(include) << "only '" << *rooms.begin() << "' uses this library";
        }
}

bool is_torch(const std::string& target) {
  return starts_with(target, "ATen/") || starts_with(target, "torch/") || starts_with(target, "c10/");
}

// The program starts at once because it, and all that it links, is free of LibTorch.
TEST(Layering, ProgramReachesNoTorchHeader) {
  const std::set<std::string> free_rooms = {"api", "config", "results", "host/catalog", "app"};
  const std::string base = "framework/src/";
  for (const std::string& file : sources_below("framework/src")) {
    const std::string room = room_of(file.substr(base.size()));
    if (!free_rooms.count(room)) continue;
    for (const Include& include : reached_from(file))
      EXPECT_FALSE(is_torch(include.target))
          << where(include) << "reached from " << file << ", which must stay free of LibTorch";
  }
  for (const char* header : {"abi.hpp", "params.hpp", "error.hpp"})
    for (const Include& include : reached_from(std::string("framework/include/autodidact/plugin/") + header))
      EXPECT_FALSE(is_torch(include.target)) << where(include) << "the catalog reads " << header << " without LibTorch";
}

// These two cost 5 to 10 s in every source; ATen/ATen.h and custom_function.h are in the precompiled header.
TEST(Layering, NoSlowTorchHeader) {
  for (const char* folder : {"framework", "plugins", "tests", "benchmarks"})
    for (const std::string& file : sources_below(folder))
      for (const Include& include : includes_of(file)) {
        EXPECT_NE(include.target, "torch/torch.h") << where(include) << "include ATen/ATen.h";
        EXPECT_FALSE(starts_with(include.target, "torch/nn"))
            << where(include) << "use at:: functions and plain structs";
      }
}

TEST(Layering, ContractIncludesOnlyItself) {
  for (const std::string& file : sources_below("framework/include"))
    for (const Include& include : includes_of(file)) {
      const bool own = !include.quoted || starts_with(include.target, "autodidact/plugin/");
      EXPECT_TRUE(own) << where(include) << "the contract stands alone";
    }
}

// plugins/<kind>/<name>/ or plugins/template/<kind>/
std::string plugin_folder(const std::string& file) {
  const std::size_t kind = file.find('/', std::string("plugins/").size());
  const std::size_t name = file.find('/', kind + 1);
  return file.substr(0, (name == std::string::npos ? kind : name) + 1);
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}
// A plugin's tests are no part of it: x_test.cpp, and the headers only tests include, test_x.hpp and x_support.hpp.
bool is_test(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  return ends_with(name, "_test.cpp") || ends_with(name, "_support.hpp") || starts_with(name, "test_");
}

TEST(Layering, PluginsSeeTheContractOnly) {
  for (const std::string& file : sources_below("plugins"))
    for (const Include& include : includes_of(file)) {
      if (!include.quoted || starts_with(include.target, "autodidact/plugin/")) continue;
      const bool common = exists("plugins/common/" + include.target) ||
                          (starts_with(include.target, "common/") && exists("plugins/" + include.target));
      const bool own = common || exists(plugin_folder(file) + include.target);
      const bool of_host = exists("tests/" + include.target) || exists("framework/src/" + include.target);
      EXPECT_TRUE(own || (of_host && is_test(file)))
          << where(include)
          << "a plugin includes the contract, files of its own folder and plugins/common/<part>/, nothing of the host";
      EXPECT_TRUE(is_test(file) || !is_test(include.target)) << where(include) << "this header is for tests only";
    }
}

}  // namespace
}  // namespace autodidact::style
