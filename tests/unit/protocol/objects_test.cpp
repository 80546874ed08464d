#include "protocol/objects.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "autodidact/plugin/error.hpp"
#include "protocol/stages.hpp"

namespace autodidact {
namespace {

TEST(Pool, AverageThenMaximumStreamAfterStream) {
  const at::Tensor a = at::tensor({1.f, 2.f, 3.f, 6.f}).view({1, 1, 2, 2});
  const at::Tensor b = at::tensor({-1.f, 5.f}).view({1, 1, 1, 2});
  EXPECT_TRUE(pool({a, b}, "avgmax").equal(at::tensor({3.f, 6.f, 2.f, 5.f}).view({1, 4})));
  EXPECT_TRUE(pool({a, b}, "avg").equal(at::tensor({3.f, 2.f}).view({1, 2})));
  EXPECT_TRUE(pool({a, b}, "max").equal(at::tensor({6.f, 5.f}).view({1, 2})));
  const Layout layout = {{"lf", 1, 4, 3, 8, 0}, {"hf", 2, 2, 5, 8, 4}};
  EXPECT_EQ(pooled_width(layout, "avgmax"), 16);
  EXPECT_EQ(pooled_width(layout, "max"), 8);
}

TEST(Pool, NoneMakesEveryPositionARow) {
  // Two series, two channels, a grid of 2 x 3; a second stream of 1 x 1.
  const at::Tensor a = at::arange(24, at::kFloat).view({2, 2, 2, 3}), b = at::full({2, 2, 1, 1}, 100.f);
  const at::Tensor rows = pool({a, b}, "none");
  EXPECT_EQ(rows.sizes(), (at::IntArrayRef{14, 2}));
  EXPECT_TRUE(rows[0].equal(at::tensor({0.f, 6.f})));     // series 0, position (0, 0)
  EXPECT_TRUE(rows[4].equal(at::tensor({4.f, 10.f})));    // series 0, position (1, 1)
  EXPECT_TRUE(rows[11].equal(at::tensor({17.f, 23.f})));  // series 1, position (1, 2)
  EXPECT_TRUE(rows.narrow(0, 12, 2).equal(at::full({2, 2}, 100.f)));
  EXPECT_EQ(pooled_width({{"lf", 2, 3, 2, 8, 0}, {"hf", 1, 1, 2, 8, 6}}, "none"), 2);
  try {
    pooled_width({{"lf", 1, 4, 3, 8, 0}, {"hf", 2, 2, 5, 8, 4}}, "none");
    FAIL();
  } catch (const ConfigError& e) {
    EXPECT_NE(std::string(e.what()).find("found lf 3, hf 5; take avgmax, avg or max"), std::string::npos) << e.what();
  }
}

TEST(InBlocks, EveryCallSeesAWholeBlock) {
  const at::Tensor x = at::arange(10, at::kFloat).view({10, 1});
  std::vector<std::int64_t> sizes;
  const at::Tensor y = in_blocks(x, 4, [&](const at::Tensor& rows) {
    sizes.push_back(rows.size(0));
    return rows * 2;
  });
  EXPECT_EQ(sizes, (std::vector<std::int64_t>{4, 4, 4}));
  EXPECT_TRUE(y.equal(x * 2));
}

TEST(FrozenCheck, NoticesASingleChangedBit) {
  at::Tensor w = at::zeros({3});
  const FrozenCheck check("tokenizer", {{"w", w}});
  EXPECT_NO_THROW(check.done("prior"));
  w[1].fill_(1e-30f);
  EXPECT_THROW(check.done("prior"), std::logic_error);
}

}  // namespace
}  // namespace autodidact
