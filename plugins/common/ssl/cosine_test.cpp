#include "common/ssl/cosine.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "common/ssl/test_support.hpp"

namespace autodidact::ssl {
namespace {

using namespace testing_support;

TEST(Cosine, ByHand) {
  const at::Tensor p = at::tensor({3.0, 4.0, 1.0, 0.0}, at::kDouble).view({2, 2});
  EXPECT_TRUE(at::allclose(unit_rows(p), at::tensor({0.6, 0.8, 1.0, 0.0}, at::kDouble).view({2, 2})));
  EXPECT_NEAR(mean_cosine(p, 7 * p).item<double>(), 1.0, 1e-15);
  EXPECT_NEAR(mean_cosine(p, -p).item<double>(), -1.0, 1e-15);
  const at::Tensor z = at::tensor({1.0, 0.0, 0.0, 2.0}, at::kDouble).view({2, 2});  // cosines 0.6 and 0
  EXPECT_NEAR(mean_cosine(p, z).item<double>(), 0.3, 1e-15);
}

TEST(Cosine, GradientEqualsFiniteDifferences) {
  at::manual_seed(4);
  const at::Tensor p = leaf64(at::randn({5, 7})), z = leaf64(at::randn({5, 7}));
  EXPECT_LT(gradient_error([&] { return mean_cosine(p, z); }, {p, z}), 1e-6);
}

TEST(Cosine, ARowOfZerosHasAFiniteGradient) {
  const at::Tensor p = leaf64(at::zeros({2, 3})), z = leaf64(at::ones({2, 3}));
  const at::Tensor cosine = mean_cosine(p, z);
  EXPECT_EQ(cosine.item<double>(), 0.0);
  cosine.backward();
  EXPECT_TRUE(p.grad().isfinite().all().item<bool>());
  EXPECT_TRUE(z.grad().isfinite().all().item<bool>());
}

}  // namespace
}  // namespace autodidact::ssl
