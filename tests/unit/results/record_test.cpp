#include "results/record.hpp"

#include <gmock/gmock.h>

#include <cstring>
#include <fstream>

#include "autodidact/plugin/error.hpp"
#include "results/sha256.hpp"
#include "unit/results/temporary.hpp"

namespace autodidact {
namespace {

Array floats(std::vector<std::int64_t> shape, const std::vector<float>& values) {
  Array array{Type::f32, std::move(shape), {}};
  array.data.resize(values.size() * sizeof(float));
  std::memcpy(array.data.data(), values.data(), array.data.size());
  return array;
}

TEST(Sha256, KnownDigests) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const TemporaryFolder folder;
  std::ofstream(folder / "a") << "abc";
  EXPECT_EQ(sha256_file(folder / "a"), sha256("abc"));
  EXPECT_THROW(sha256_file(folder / "b"), DataError);
}

TEST(Sha256, TextsAreKeptApart) {
  Sha256 first, second;
  first.add(std::string_view("ab"));
  first.add(std::string_view("c"));
  second.add(std::string_view("a"));
  second.add(std::string_view("bc"));
  EXPECT_NE(first.hex(), second.hex());
}

TEST(Record, MergeMovesAndRefusesTwins) {
  Record a, b;
  a.arrays["x"] = floats({2}, {1, 2});
  a.attributes[""]["p"] = std::int64_t{1};
  b.arrays["y"] = floats({1}, {3});
  b.attributes[""]["q"] = 0.5;
  a.merge(std::move(b));
  EXPECT_TRUE(a.has("y"));
  EXPECT_EQ(a.attributes[""].size(), 2u);
  Record c;
  c.arrays["y"] = floats({1}, {4});
  EXPECT_THROW(a.merge(std::move(c)), DataError);
  EXPECT_THROW(a.array("z"), DataError);
}

Record history(double seconds, double loss) {
  Record record;
  using Reals = std::vector<double>;
  record.tables["history/tokenizer"] = {{"epoch", "loss", "seconds"},
                                        {std::vector<std::int64_t>{0}, Reals{loss}, Reals{seconds}}};
  record.arrays["weights/a"] = floats({2, 1}, {1, 2});
  record.attributes["config"]["seed"] = std::int64_t{1};
  record.attributes["cost"]["seconds"] = seconds;
  return record;
}

TEST(ContentDigest, SeesValuesAndNotTimes) {
  const std::vector<std::string> prefixes = {"config/", "history/", "weights/"};
  const std::string digest = content_digest(history(1.0, 0.25), prefixes);
  EXPECT_EQ(digest, content_digest(history(2.0, 0.25), prefixes));
  EXPECT_NE(digest, content_digest(history(1.0, 0.5), prefixes));

  Record other = history(1.0, 0.25);
  other.arrays["weights/a"].shape = {1, 2};
  EXPECT_NE(digest, content_digest(other, prefixes));
  other = history(1.0, 0.25);
  other.attributes["config"]["seed"] = std::int64_t{2};
  EXPECT_NE(digest, content_digest(other, prefixes));
}

}  // namespace
}  // namespace autodidact
