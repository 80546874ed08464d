#include "none.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace autodidact::none {
namespace {

TEST(None, IsZeroAndHasNothingToFit) {
  None none;
  ObjectiveInput input;
  input.a.pooled = at::randn({4, 8}).set_requires_grad(true);
  input.b.pooled = at::full({4, 8}, std::nan(""));
  const Loss loss = none.loss(input);
  EXPECT_EQ(loss.total.dim(), 0);
  EXPECT_EQ(loss.total.scalar_type(), at::kFloat);
  EXPECT_EQ(loss.total.item<float>(), 0.0f);
  EXPECT_TRUE(loss.terms.empty());
  EXPECT_TRUE(none.parameters().empty());
  EXPECT_TRUE(none.buffers().empty());
}

}  // namespace
}  // namespace autodidact::none
