#include "host/random.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <set>

#include "host/philox.hpp"
#include "host/services.hpp"

namespace autodidact {
namespace {

// Known answers of Random123 (kat_vectors, philox4x32 10): counter, key, words.
TEST(Philox, KnownAnswers) {
  const std::uint32_t answers[][10] = {
      {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
      {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d, 0x41c83b0e, 0xa20bc7c6,
       0x6d5451fd},
      {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb, 0x5001e420,
       0x24126ea1},
  };
  for (const auto& a : answers) {
    std::uint32_t c[4][3];
    for (int w = 0; w < 4; ++w)
      for (int l = 0; l < 3; ++l) c[w][l] = a[w];
    philox4x32(c, a[4], a[5]);
    for (int w = 0; w < 4; ++w)
      for (int l = 0; l < 3; ++l) EXPECT_EQ(c[w][l], a[6 + w]) << w << " " << l;
  }
}

TEST(Philox, UniformIsOpenAndExact) {
  EXPECT_EQ(open_uniform(0), 0x1p-24f);
  EXPECT_EQ(open_uniform(0xffffffffu), 1.0f - 0x1p-24f);
  EXPECT_LT(open_uniform(0xffffffffu), 1.0f);
}

TEST(Philox, EntryDependsOnItsCounterAlone) {
  const at::Tensor all = philox_uniform(42, 0, 20, 1, 3, 2, 131);
  EXPECT_TRUE(at::equal(philox_uniform(42, 0, 10, 1, 3, 2, 131), all.narrow(0, 0, 10)));
  EXPECT_TRUE(at::equal(philox_uniform(42, 7, 5, 1, 3, 2, 131), all.narrow(0, 7, 5)));
  for (const std::int64_t width : {1, 3, 4, 63, 64, 65})
    EXPECT_TRUE(at::equal(philox_uniform(42, 0, 20, 1, 3, 2, width), all.narrow(1, 0, width)));
  for (const at::Tensor& other : {philox_uniform(43, 0, 20, 1, 3, 2, 131), philox_uniform(42, 20, 20, 1, 3, 2, 131),
                                  philox_uniform(42, 0, 20, 0, 3, 2, 131), philox_uniform(42, 0, 20, 1, 4, 2, 131),
                                  philox_uniform(42, 0, 20, 1, 3, 1, 131)})
    EXPECT_LT(other.eq(all).sum().item<std::int64_t>(), 3);
}

TEST(Philox, MomentsOfTheUniform) {
  const at::Tensor u = philox_uniform(1, 0, 1000, 0, 0, 0, 1000).to(at::kDouble);
  EXPECT_NEAR(u.mean().item<double>(), 0.5, 1e-3);
  EXPECT_NEAR(u.var().item<double>(), 1.0 / 12, 1e-3);
  EXPECT_GT(u.min().item<double>(), 0.0);
  EXPECT_LT(u.max().item<double>(), 1.0);
}

TEST(Philox, RangesOfTheCounterAreChecked) {
  EXPECT_THROW(philox_uniform(1, 0, 1, 256, 0, 0, 1), std::out_of_range);
  EXPECT_THROW(philox_uniform(1, 0, 1, 0, 0, 65536, 1), std::out_of_range);
  EXPECT_THROW(philox_uniform(1, -1, 1, 0, 0, 0, 1), std::out_of_range);
  EXPECT_THROW(philox_uniform(1, std::int64_t{1} << 40, 1, 0, 0, 0, 1), std::out_of_range);
  EXPECT_EQ(philox_uniform(1, 0, 0, 0, 0, 0, 5).size(0), 0);
}

// Results of every run hang on these numbers: a change is a new version of everything.
TEST(Streams, SeedsAreFixedForEver) {
  EXPECT_EQ(stream_seed({1, "tokenizer", "tokenizer", "init"}),
            stream_seed({1, "tokenizer", "tokenizer", "init", 0, 0, 0}));
  const std::uint64_t seed = stream_seed({1, "tokenizer", "tokenizer", "init"});
  EXPECT_EQ(seed, 0x8bedb8139f05a074ull) << std::hex << seed;
  const at::Tensor u = philox_uniform(7, 3, 1, 0, 0, 0, 4);
  EXPECT_EQ(u[0][0].item<float>(), 0.5424675345420837f) << u;
  EXPECT_EQ(u[0][3].item<float>(), 0.303291380405426f) << u;
  const at::Tensor n = at::rand({2}, generator_for({1, "prior", "protocol", "order"}));
  EXPECT_EQ(n[0].item<float>(), 0.73218769f) << n;
}

TEST(Streams, EveryFieldMatters) {
  std::set<std::uint64_t> seeds;
  const auto add = [&seeds](const StreamKey& key) { EXPECT_TRUE(seeds.insert(stream_seed(key)).second); };
  add({1, "ab", "c", "d", 0, 0, 0});
  add({2, "ab", "c", "d", 0, 0, 0});
  add({1, "a", "bc", "d", 0, 0, 0});
  add({1, "ab", "", "cd", 0, 0, 0});
  add({1, "ab", "c", "d", 1, 0, 0});
  add({1, "ab", "c", "d", 0, 1, 0});
  add({1, "ab", "c", "d", 0, 0, 1});
  add({1, "ab", "c", std::string_view("d\0", 2), 0, 0, 0});
  for (std::int64_t step = 2; step < 20000; ++step) add({1, "ab", "c", "d", 0, step, 0});
}

TEST(Streams, GeneratorsUseAllBitsOfTheSeed) {
  // Equal in the 32 bits that LibTorch would use, or not: streams are fresh ones each time, and repeat for equal keys.
  const StreamKey key{5, "tokenizer", "protocol", "order", 3};
  EXPECT_TRUE(at::equal(at::rand({64}, generator_for(key)), at::rand({64}, generator_for(key))));
  StreamKey other = key;
  other.epoch = 4;
  EXPECT_LT(at::rand({64}, generator_for(key)).eq(at::rand({64}, generator_for(other))).sum().item<std::int64_t>(), 2);
  const at::Tensor normal = at::randn({200000}, generator_for(key)).to(at::kDouble);
  EXPECT_NEAR(normal.mean().item<double>(), 0, 0.01);
  EXPECT_NEAR(normal.var().item<double>(), 1, 0.02);
}

TEST(Streams, DefaultGeneratorIsSetWhole) {
  seed_default_generator({1, "a", "b", "init"});
  const at::Tensor first = at::randn({3});  // an odd number of normals leaves one behind
  at::randn({5});
  seed_default_generator({1, "a", "b", "init"});
  EXPECT_TRUE(at::equal(first, at::randn({3})));
}

TEST(Services, CallsHaveTheirOwnNumbers) {
  Services services(1, "tokenizer", "tokenizer", Precision::fp32, nullptr);
  services.at_call(0, 5, 0);
  const at::Tensor dropout = at::rand({8}), mask = at::rand({8}, services.generator(Purpose::mask));
  const at::Tensor codebook = at::rand({8}, services.generator(Purpose::codebook));
  EXPECT_FALSE(at::equal(mask, codebook));
  services.at_call(0, 5, 1);
  EXPECT_FALSE(at::equal(dropout, at::rand({8})));
  EXPECT_FALSE(at::equal(mask, at::rand({8}, services.generator(Purpose::mask))));
  services.at_call(0, 5, 0);
  at::rand({100}, services.generator(Purpose::codebook));  // what one purpose draws moves no other
  EXPECT_TRUE(at::equal(dropout, at::rand({8})));
  EXPECT_TRUE(at::equal(mask, at::rand({8}, services.generator(Purpose::mask))));
}

TEST(Services, SamplingDependsOnTheRootSeedAlone) {
  Services a(3, "samples", "prior", Precision::fp32, nullptr), b(3, "elsewhere", "x", Precision::fp32, nullptr);
  a.at_call(9, 9, 9);
  EXPECT_TRUE(at::equal(a.uniform(0, 4, 0, 1, 2, 7), b.uniform(0, 4, 0, 1, 2, 7)));
  Services c(4, "samples", "prior", Precision::fp32, nullptr);
  EXPECT_FALSE(at::equal(a.uniform(0, 4, 0, 1, 2, 7), c.uniform(0, 4, 0, 1, 2, 7)));
}

TEST(Services, PrecisionLogAndStop) {
  EXPECT_EQ(resolve_precision("fp32"), Precision::fp32);
  EXPECT_EQ(resolve_precision("bf16"), Precision::bf16);
  resolve_precision("auto");
  EXPECT_THROW(resolve_precision("fp16"), std::exception);
  std::string said;
  std::atomic<bool> stop{false};
  Services services(
      1, "s", "prior", Precision::bf16, [&](LogLevel, const std::string& text) { said = text; }, &stop);
  services.log(LogLevel::info, "hello");
  EXPECT_EQ(said, "prior: hello");
  EXPECT_EQ(services.precision(), Precision::bf16);
  EXPECT_FALSE(services.stop_requested());
  stop = true;
  EXPECT_TRUE(services.stop_requested());
}

}  // namespace
}  // namespace autodidact
