#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "autodidact/plugin/error.hpp"
#include "data/dataset.hpp"
#include "data/readers.hpp"
#include "npy_support.hpp"
#include "support.hpp"

namespace autodidact::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kValues = raw_bytes<double>({1, 2, 3, 4, 5, 6});
const std::string kX = npy("<f8", "(2, 3)", kValues);

std::string npy_error(const std::string& content) {
  const TempFolder folder;
  const fs::path file = folder.write("X.npy", content);
  return message_of<DataError>([&] { read_npy(file); });
}

std::string npz_error(const std::string& content) {
  const TempFolder folder;
  const fs::path file = folder.write("X.npz", content);
  return message_of<DataError>([&] { read_npz(file); });
}

TEST(Npy, TwoAndThreeDimensions) {
  const TempFolder folder;
  const RawTable flat = read_npy(folder.write("X.npy", kX));
  EXPECT_EQ(flat.n, 2);
  EXPECT_EQ(flat.channels, 1);
  EXPECT_EQ(flat.length, 3);
  EXPECT_TRUE(flat.labels.empty());
  EXPECT_THAT(flat.values, ElementsAre(1, 2, 3, 4, 5, 6));
  const RawTable deep = read_npy(folder.write("Z.npy", npy("<f8", "(1, 2, 3)", kValues)));
  EXPECT_EQ(deep.channels, 2);
  EXPECT_EQ(deep.length, 3);
}

TEST(Npy, ElementTypesAndColumnMajorOrder) {
  const TempFolder folder;
  EXPECT_THAT(read_npy(folder.write("a.npy", npy("<f4", "(1, 2)", raw_bytes<float>({1.5f, 2})))).values,
              ElementsAre(1.5, 2));
  EXPECT_THAT(read_npy(folder.write("b.npy", npy("<i2", "(1, 2)", raw_bytes<std::int16_t>({-3, 2})))).values,
              ElementsAre(-3, 2));
  EXPECT_THAT(read_npy(folder.write("c.npy", npy("|u1", "(1, 2)", raw_bytes<std::uint8_t>({255, 2})))).values,
              ElementsAre(255, 2));
  EXPECT_THAT(read_npy(folder.write("d.npy", npy("<f8", "(3, 2)", kValues, true))).values,
              ElementsAre(1, 4, 2, 5, 3, 6));
  // (1, 2, 3): the last index moves slowest in the file
  EXPECT_THAT(read_npy(folder.write("e.npy", npy("<f8", "(1, 2, 3)", kValues, true))).values,
              ElementsAre(1, 3, 5, 2, 4, 6));
}

TEST(Npy, LabelsBesideTheFile) {
  const TempFolder folder;
  const fs::path x = folder.write("S_TRAIN.npy", kX);
  folder.write("S_TRAIN_y.npy", npy("<i8", "(2,)", raw_bytes<std::int64_t>({7, -1})));
  EXPECT_THAT(read_npy(x).labels, ElementsAre("7", "-1"));
  folder.write("S_TRAIN_y.npy", npy("<U2", "(2,)", raw_bytes<std::uint32_t>({'a', 0, 0xE6, 'b'})));
  EXPECT_THAT(read_npy(x).labels, ElementsAre("a",
                                              "\xC3\xA6"
                                              "b"));
  folder.write("S_TRAIN_y.npy", npy("|S3", "(2,)", std::string("ab\0cde", 6)));
  EXPECT_THAT(read_npy(x).labels, ElementsAre("ab", "cde"));
  folder.write("S_TRAIN_y.npy", npy("<f8", "(2,)", raw_bytes<double>({1, 2})));
  EXPECT_THAT(read_npy(x).labels, ElementsAre("1", "2"));
  folder.write("S_TRAIN_y.npy", npy("<i8", "(3,)", raw_bytes<std::int64_t>({7, -1, 2})));
  EXPECT_THAT(message_of<DataError>([&] { read_npy(x); }), HasSubstr("S_TRAIN_y.npy: found 3 labels for 2 series"));
  folder.write("S_TRAIN_y.npy", npy("<f8", "(2,)", raw_bytes<double>({1, 2.5})));
  EXPECT_THAT(message_of<DataError>([&] { read_npy(x); }), HasSubstr("label 2 is 2.5"));
}

TEST(Npy, MissingAndInfiniteValues) {
  const TempFolder folder;
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  const RawTable table = read_npy(folder.write("X.npy", npy("<f8", "(1, 2, 2)", raw_bytes<double>({1, 2, 3, nan}))));
  EXPECT_EQ(table.missing, 1);
  EXPECT_THAT(table.first_missing, HasSubstr("X.npy: series 1, channel 2, time 2"));
  EXPECT_THAT(npy_error(npy("<f8", "(1, 2)", raw_bytes<double>({1, inf}))), HasSubstr("series 1, channel 1, time 2"));
}

TEST(Npy, Refused) {
  EXPECT_THAT(npy_error("no array at all, just text"), HasSubstr("not a .npy array"));
  EXPECT_THAT(npy_error(npy("|O", "(2, 3)", kValues)), HasSubstr("type '|O'"));
  EXPECT_THAT(npy_error(npy("|O8", "(2, 3)", kValues)), HasSubstr("pickle"));
  EXPECT_THAT(npy_error(npy(">f8", "(2, 3)", kValues)), HasSubstr("big-endian"));
  EXPECT_THAT(npy_error(npy("<f2", "(2, 3)", std::string(12, '\0'))), HasSubstr("astype"));
  EXPECT_THAT(npy_error(npy("<f8", "(6,)", kValues)), HasSubstr("rank 1"));
  EXPECT_THAT(npy_error(npy("<f8", "(0, 3)", "")), HasSubstr("empty"));
  EXPECT_THAT(npy_error(npy("<f8", "(2, -3)", kValues)), HasSubstr("shape"));
  EXPECT_THAT(npy_error(npy("<U1", "(2, 3)", std::string(24, 'a'))), HasSubstr("text"));
}

// Sizes in the header are believed only as far as the file goes.
TEST(Npy, HeaderThatPromisesTooMuch) {
  EXPECT_THAT(npy_error(npy("<f8", "(2, 4)", kValues)), HasSubstr("does not fit the 48 bytes"));
  EXPECT_THAT(npy_error(npy("<f8", "(1, 3)", kValues)), HasSubstr("does not fit"));
  EXPECT_THAT(npy_error(npy("<f8", "(4611686018427387904, 4611686018427387904)", kValues)), HasSubstr("does not fit"));
  EXPECT_THAT(npy_error(npy("<f8", "(99999999999999999999, 2)", kValues)), HasSubstr("shape"));
}

TEST(Npz, StoredAndDeflated) {
  const TempFolder folder;
  const std::string y = npy("<i8", "(2,)", raw_bytes<std::int64_t>({3, 4}));
  for (const bool deflate_them : {false, true}) {
    for (const bool zip64 : {false, true}) {
      const auto file = folder.write("X.npz", zip({{"x.npy", kX}, {"y.npy", y}}, deflate_them, zip64));
      const RawTable table = read_npz(file);
      EXPECT_THAT(table.values, ElementsAre(1, 2, 3, 4, 5, 6));
      EXPECT_THAT(table.labels, ElementsAre("3", "4"));
    }
  }
  EXPECT_TRUE(read_npz(folder.write("X.npz", zip({{"x.npy", kX}}, true))).labels.empty());
}

TEST(Npz, Refused) {
  EXPECT_THAT(npz_error(zip({{"data.npy", kX}}, false)), HasSubstr("holds no array x (found 'data.npy')"));
  EXPECT_THAT(npz_error("this is text and no archive at all"), HasSubstr("directory is missing"));
  EXPECT_THAT(npz_error("short"), HasSubstr("too short"));
  std::string flipped = zip({{"x.npy", kX}}, false);
  flipped[100] ^= 1;
  EXPECT_THAT(npz_error(flipped), HasSubstr("checksum"));
}

// A few bytes that claim to inflate to gigabytes are refused before the memory is taken.
TEST(Npz, DeclaredSizeBeyondDeflate) {
  std::string archive = zip({{"x.npy", kX}}, true, false);
  const std::size_t at = archive.rfind(little(0x02014b50, 4)) + 24;
  archive.replace(at, 4, little(0xf0000000, 4));
  EXPECT_THAT(npz_error(archive), HasSubstr("declares more bytes"));
}

TEST(NumpyReaders, EveryCutIsRefused) {
  const TempFolder folder;
  for (std::size_t i = 0; i < kX.size(); ++i)
    EXPECT_THROW(read_npy(folder.write("X.npy", kX.substr(0, i))), DataError) << i;
  const std::string archive = zip({{"x.npy", kX}}, true);
  for (std::size_t i = 0; i < archive.size(); ++i)
    EXPECT_THROW(read_npz(folder.write("X.npz", archive.substr(0, i))), DataError) << i;
}

// Any single damaged byte is either harmless or an error, never a crash.
TEST(NumpyReaders, DamagedBytes) {
  const TempFolder folder;
  for (const bool deflate_them : {false, true}) {
    const std::string archive = zip({{"x.npy", kX}}, deflate_them);
    for (std::size_t i = 0; i < archive.size(); ++i) {
      for (const int flip : {0x01, 0x80, 0xff}) {
        std::string damaged = archive;
        damaged[i] = static_cast<char>(damaged[i] ^ flip);
        try {
          read_npz(folder.write("X.npz", damaged));
        } catch (const DataError&) {
        }
      }
    }
  }
}

}  // namespace
}  // namespace autodidact::test
