#include "results/file.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <cstring>
#include <fstream>
#include <limits>
#include <random>

#include "autodidact/plugin/error.hpp"
#include "unit/results/temporary.hpp"

namespace autodidact {
namespace {

namespace fs = std::filesystem;

template <class T>
Array array_of(Type type, std::vector<std::int64_t> shape, const std::vector<T>& values) {
  Array array{type, std::move(shape), {}};
  array.data.resize(values.size() * sizeof(T));
  std::memcpy(array.data.data(), values.data(), array.data.size());
  return array;
}

Record full_record() {
  Record r;
  std::vector<float> noise(300 * 77);
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<float>(std::sin(0.1 * static_cast<double>(i)));
  r.arrays["weights/tokenizer/encoder.0.weight"] = array_of(Type::f32, {300, 77}, noise);
  r.arrays["a/f64"] = array_of<double>(Type::f64, {2, 2}, {1, -0.0, std::nan(""), 1e300});
  r.arrays["a/i64"] = array_of<std::int64_t>(Type::i64, {3}, {1, -2, std::numeric_limits<std::int64_t>::max()});
  r.arrays["a/i32"] = array_of<std::int32_t>(Type::i32, {1}, {-7});
  r.arrays["a/i16"] = array_of<std::int16_t>(Type::i16, {1}, {-300});
  r.arrays["a/u8"] = array_of<std::uint8_t>(Type::u8, {2}, {0, 255});
  r.arrays["a/bool"] = array_of<std::uint8_t>(Type::boolean, {2, 1}, {0, 1});
  r.arrays["a/scalar"] = array_of<double>(Type::f64, {}, {2.5});
  r.arrays["a/empty"] = array_of<float>(Type::f32, {0, 5}, {});
  r.tables["metrics/table"] = {{"name", "value", "n"},
                               {std::vector<std::string>{"fid", "Größe", ""}, std::vector<double>{0.5, NAN, -INFINITY},
                                std::vector<std::int64_t>{1, 2, -3}}};
  r.tables["metrics/none"] = {{"name", "value"}, {std::vector<std::string>{}, std::vector<double>{}}};
  std::vector<double> long_column(5000);
  for (std::size_t i = 0; i < long_column.size(); ++i) long_column[i] = static_cast<double>(i) / 3;
  r.tables["history/tokenizer"] = {{"loss"}, {long_column}};
  r.texts["config/toml"] = "[suite]\nname = \"ä\"\n";
  r.texts["empty"] = "";
  r.attributes[""] = {{"schema", std::int64_t{1}}, {"status", std::string("ok")}, {"reason", std::string()}};
  r.attributes["config"] = {{"tokenizer.vqvae.K", std::int64_t{32}}, {"lr", 1e-3}, {"flag", true}, {"off", false}};
  r.attributes["only/attributes"] = {{"reals", std::vector<double>{1, 2.5}},
                                     {"integers", std::vector<std::int64_t>{4}},
                                     {"none", std::vector<double>{}}};
  r.attributes["a/f64"] = {{"unit", std::string("nats")}};
  return r;
}

void expect_equal(const Record& got, const Record& want) {
  ASSERT_EQ(got.arrays.size(), want.arrays.size());
  for (const auto& [path, array] : want.arrays) {
    ASSERT_TRUE(got.has(path)) << path;
    EXPECT_EQ(got.array(path).type, array.type) << path;
    EXPECT_EQ(got.array(path).shape, array.shape) << path;
    EXPECT_EQ(got.array(path).data, array.data) << path;
  }
  ASSERT_EQ(got.tables.size(), want.tables.size());
  for (const auto& [path, table] : want.tables) EXPECT_EQ(got.tables.at(path).names, table.names) << path;
  EXPECT_EQ(got.texts, want.texts);
  EXPECT_EQ(got.attributes, want.attributes);
  EXPECT_EQ(content_digest(got, {"a/", "metrics/", "history/", "weights/"}),
            content_digest(want, {"a/", "metrics/", "history/", "weights/"}));
}

TEST(File, WhatIsWrittenIsRead) {
  const TemporaryFolder folder;
  for (const int deflate : {0, 4}) {
    write_record(full_record(), folder / "run.h5", deflate);
    expect_equal(read_record(folder / "run.h5"), full_record());
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(File, SameRecordSameBytes) {
  const TemporaryFolder folder;
  const auto bytes = [&](const char* name) {
    write_record(full_record(), folder / name);
    std::ifstream stream(folder / name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  };
  EXPECT_EQ(bytes("a.h5"), bytes("b.h5"));
}

TEST(File, OnlyWhatIsWantedIsRead) {
  const TemporaryFolder folder;
  write_record(full_record(), folder / "run.h5");
  const Record part = read_record(folder / "run.h5", {[](const std::string& path) { return path.starts_with("a/i"); }});
  EXPECT_EQ(part.arrays.size(), 3u);
  EXPECT_TRUE(part.tables.empty());
  EXPECT_EQ(std::get<std::int64_t>(part.attributes.at("").at("schema")), 1);
}

TEST(File, SizesAreCheckedAgainstTheLimit) {
  const TemporaryFolder folder;
  write_record(full_record(), folder / "run.h5");
  EXPECT_THAT(
      [&] {
        read_record(folder / "run.h5", {{}, 100'000});
      },
      testing::ThrowsMessage<DataError>(testing::HasSubstr("allowed are left")));
}

TEST(File, ErrorsNameTheFile) {
  const TemporaryFolder folder;
  const fs::path file = folder / "run.h5";
  const auto says = [&](const std::string& what) {
    using testing::HasSubstr;
    EXPECT_THAT([&] { read_record(file); },
                testing::ThrowsMessage<DataError>(testing::AllOf(HasSubstr(file.string()), HasSubstr(what))));
  };
  says("does not exist");
  std::ofstream(file) << "text";
  says("is not an HDF5 file");
  std::ofstream(file, std::ios::trunc).flush();
  says("is not an HDF5 file");
  write_record(full_record(), file);
  fs::resize_file(file, fs::file_size(file) / 2);
  says("damaged or cut off");
  fs::remove(file);
  fs::create_directory(file);
  says("is not a file");
}

TEST(File, WrongShapesAndNamesAreRefused) {
  const TemporaryFolder folder;
  Record record;
  record.arrays["x"] = array_of<float>(Type::f32, {3}, {1, 2});
  EXPECT_THROW(write_record(record, folder / "run.h5"), DataError);
  record.arrays.clear();
  record.arrays["/x"] = array_of<float>(Type::f32, {1}, {1});
  EXPECT_THROW(write_record(record, folder / "run.h5"), DataError);
  record.arrays.clear();
  record.tables["t"] = {{"a", "b"}, {std::vector<double>{1}, std::vector<double>{1, 2}}};
  EXPECT_THROW(write_record(record, folder / "run.h5"), DataError);
  EXPECT_FALSE(fs::exists(folder / "run.h5"));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

// A write that the operating system cuts short, as a full disk does: the old file stands, nothing is left over.
TEST(File, AShortWriteLeavesTheOldFile) {
  const TemporaryFolder folder;
  const fs::path file = folder / "run.h5";
  write_record(full_record(), file);
  Record larger = full_record();
  std::vector<std::uint8_t> noise(2'000'000);
  std::mt19937 random(1);
  for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(random());
  larger.arrays["big"] = array_of(Type::u8, {2'000'000}, noise);
  for (const int deflate : {0, 4}) {
    rlimit old{};
    getrlimit(RLIMIT_FSIZE, &old);
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{200'000, old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    EXPECT_THAT([&] { write_record(larger, file, deflate); },
                testing::ThrowsMessage<DataError>(testing::HasSubstr("File too large")));
    setrlimit(RLIMIT_FSIZE, &old);
    std::signal(SIGXFSZ, ignored);
    expect_equal(read_record(file), full_record());
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
  }
  write_record(larger, file);
  expect_equal(read_record(file), larger);
}

TEST(File, AFolderThatCannotBeWrittenIsAnError) {
  EXPECT_THROW(write_record(full_record(), "/proc/autodidact/run.h5"), DataError);
}

TEST(File, LeftoversOfDeadWritersAreRemoved) {
  const TemporaryFolder folder;
  const std::string dead = "run.h5.999999999.tmp", own = "run.h5." + std::to_string(::getpid()) + ".tmp";
  for (const std::string& name : {dead, own, std::string("run.h5"), std::string("notes.tmp")})
    std::ofstream(folder / name) << "x";
  EXPECT_EQ(remove_leftovers(folder.path()), 0u);  // too new
  EXPECT_EQ(remove_leftovers(folder.path(), 0), 1u);
  EXPECT_FALSE(fs::exists(folder / dead));
  EXPECT_TRUE(fs::exists(folder / own));
  EXPECT_EQ(remove_leftovers(folder / "absent"), 0u);
}

// Written by h5py: fixed and variable texts, truth values, gzip with shuffle.
TEST(File, GoldenFilesAreRead) {
  const fs::path golden = fs::path(AUTODIDACT_SHARED_DIR) / "golden";
  if (!fs::exists(golden)) GTEST_SKIP() << golden << " is not there";
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(golden)) {
    if (entry.path().extension() != ".h5") continue;
    const Record record = read_record(entry.path());
    EXPECT_FALSE(record.arrays.empty()) << entry.path();
    EXPECT_FALSE(record.attributes.empty()) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 10u);
}

}  // namespace
}  // namespace autodidact
