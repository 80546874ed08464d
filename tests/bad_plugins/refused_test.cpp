// Files that are no usable plugins: each is refused in one line that says what is wrong and what helps, whatever the
// file does when it is loaded, and this process lives on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "bad_plugins/zoo.hpp"

namespace autodidact::zoo {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Fault {
  const char* name;
  const char* says;   // what is wrong
  const char* helps;  // what to do, or what was wanted
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class Refused : public testing::TestWithParam<Fault> {};

TEST_P(Refused, InOneLine) {
  const Scratch scratch;
  CatalogOptions o = options(scratch);
  if (std::string(GetParam().name) == "never_returns") o.probe_seconds = 3;
  const std::string line = refusal(kFolder / (std::string(GetParam().name) + ".so"), o);
  EXPECT_THAT(line, AllOf(HasSubstr(GetParam().name), HasSubstr(GetParam().says), HasSubstr(GetParam().helps)));
  EXPECT_THAT(line, Not(HasSubstr("\n")));
}

constexpr Fault kFaults[] = {
    {"older_abi", "built for interface 0", "rebuild it"},
    {"newer_abi", "built for interface 2", "rebuild it"},
    {"wrong_size", "Descriptor has", "rebuild it"},
    {"wrong_magic", "wrong magic", "AUTODIDACT_PLUGIN"},
    {"wrong_build", "found [libtorch 1.13.1", "wanted [libtorch 2"},
    {"no_descriptor", "exports no symbol autodidact_plugin", "not a plugin"},
    {"default_out_of_range", "K: found integer 64", "[2, 32]"},
    {"null_name", "name is null", "give"},
    {"undefined_symbol", "missing_function", "--no-undefined"},
    {"never_returns", "did not finish loading within 3 s", "static constructor"},
    {"crashes_at_load", "crashed while loading (SIGSEGV)", "rebuild it"},
    {"exits_at_load", "ended the process while loading", "exit code 0"},
};
INSTANTIATE_TEST_SUITE_P(Zoo, Refused, testing::ValuesIn(kFaults),
                         [](const auto& tested) { return std::string(tested.param.name); });

class Spoiled : public testing::Test {
 protected:
  std::string refuse(const std::string& bytes) {
    write_bytes(scratch_ / "spoiled.so", bytes);
    return refusal(scratch_ / "spoiled.so", options(scratch_));
  }
  Scratch scratch_;
  std::string good_ = bytes_of(kGood);
};

TEST_F(Spoiled, TruncatedAnywhere) {
  for (const double share : {0.999, 0.9, 0.6, 0.2})
    EXPECT_THAT(refuse(good_.substr(0, static_cast<std::size_t>(share * static_cast<double>(good_.size())))),
                HasSubstr("truncated"))
        << share;
  for (const std::size_t size : {5000u, 64u, 63u, 20u, 4u})
    EXPECT_THAT(refuse(good_.substr(0, size)), HasSubstr("truncated")) << size;
}

TEST_F(Spoiled, EmptyAndText) {
  EXPECT_THAT(refuse(""), HasSubstr("empty"));
  EXPECT_THAT(refuse("x"), HasSubstr("not a shared library"));
  EXPECT_THAT(refuse("This is a text of some length, longer than an ELF header would be, and it is no plugin at all."),
              HasSubstr("not a shared library"));
}

// Tables of symbols overwritten: the loader itself dies, in the child.
TEST_F(Spoiled, BytesChangedInside) {
  std::string bytes = good_;
  for (std::size_t i = 0x300; i < 0x3000; ++i) bytes[i] = static_cast<char>(~bytes[i]);
  const std::string line = refuse(bytes);
  EXPECT_FALSE(line.empty());
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  EXPECT_TRUE(line.find("crashed while loading") != std::string::npos ||
              line.find("cannot be loaded") != std::string::npos || line.find("corrupt") != std::string::npos)
      << line;
}

TEST_F(Spoiled, AnotherKindOfFile) {
  EXPECT_THAT(refusal(scratch_ / "nowhere.so", options(scratch_)), HasSubstr("no such file"));
  fs::create_directory(scratch_ / "folder.so");
  EXPECT_THAT(refusal(scratch_ / "folder.so", options(scratch_)), HasSubstr("not a regular file"));
  EXPECT_THAT(refusal("/proc/self/exe", options(scratch_)), Not(HasSubstr("\n")));
}

// One folder with good and bad side by side: the good are there, the bad are each a line.
TEST(Zoo, GoodPluginsAreFoundAmongBad) {
  const Scratch scratch;
  CatalogOptions o = options(scratch, {scratch / "plugins", scratch / "others"});
  o.probe_seconds = 6;
  fs::create_directory(scratch / "plugins");
  fs::copy_file(kGood, scratch / "plugins/good.so");
  write_bytes(scratch / "plugins/text.so", "text");
  write_bytes(scratch / "plugins/notes.txt", "not looked at");
  fs::create_directory(scratch / "others");
  const auto link = [&](const std::string& name) {
    fs::create_symlink(kFolder / (name + ".so"), scratch / "others" / (name + ".so"));
  };
  for (const Fault& fault : kFaults) link(fault.name);
  for (const char* name : {"throws_in_create", "returns_null", "duplicate_name"}) link(name);
  try {
    read_catalog(o);
    FAIL() << "duplicate_name.so and good.so have one name";
  } catch (const std::exception& e) {
    EXPECT_THAT(e.what(), AllOf(HasSubstr("tokenizer/uniform"), HasSubstr("good.so"), HasSubstr("duplicate_name.so")));
  }
  fs::remove(scratch / "others/duplicate_name.so");
  // The slow ones are known by now.
  const auto start = std::chrono::steady_clock::now();
  const Catalog catalog = read_catalog(o);
  EXPECT_EQ(catalog.refused.size(), std::size(kFaults) + 1);
  for (const Refusal& r : catalog.refused)
    EXPECT_THAT(r.reason, AllOf(Not(HasSubstr("\n")), Not(testing::IsEmpty()))) << r.file;
  EXPECT_EQ(catalog.plugins.size(), 3u);  // the good one, and two whose fault shows only in use
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::minutes(2));
}

}  // namespace
}  // namespace autodidact::zoo
