#include "selection.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace autodidact::autoregressive {
namespace {

const at::Tensor kP = at::tensor({0.1f, 0.4f, 0.3f, 0.2f, /**/ 0.25f, 0.25f, 0.25f, 0.25f}).view({2, 4});

void expect_rows(const Selection& selection, const at::Tensor& want) {
  const at::Tensor got = probabilities(kP.log(), selection);
  EXPECT_TRUE(at::allclose(got, want.view({2, 4}), 1e-5, 1e-7)) << got;
  EXPECT_TRUE(at::equal(got == 0, want.view({2, 4}) == 0)) << got;
}

TEST(Selection, OffIsTheSoftmax) {
  expect_rows({}, kP);
  expect_rows({.top_k = 4}, kP);
  expect_rows({.top_k = 100}, kP);
}

TEST(Selection, TemperatureRaisesTheProbabilitiesToItsInverse) {
  // Squares 1, 16, 9, 4 of 30.
  expect_rows({.temperature = 0.5}, at::tensor({1.f / 30, 16.f / 30, 9.f / 30, 4.f / 30, .25f, .25f, .25f, .25f}));
  const at::Tensor flat = probabilities(kP.log(), {.temperature = 1e3});
  EXPECT_LT((flat - 0.25).abs().max().item<double>(), 1e-3);
}

TEST(Selection, TemperatureZeroTakesTheMostLikely) {
  expect_rows({.temperature = 0.0}, at::tensor({0.f, 1.f, 0.f, 0.f, 1.f, 0.f, 0.f, 0.f}));
  expect_rows({.temperature = 0.0, .top_k = 3}, at::tensor({0.f, 1.f, 0.f, 0.f, 1.f, 0.f, 0.f, 0.f}));
}

TEST(Selection, TopKKeepsThatManyTheFirstOfEquals) {
  expect_rows({.top_k = 2}, at::tensor({0.f, 4.f / 7, 3.f / 7, 0.f, .5f, .5f, 0.f, 0.f}));
  expect_rows({.top_k = 1}, at::tensor({0.f, 1.f, 0.f, 0.f, 1.f, 0.f, 0.f, 0.f}));
}

TEST(Selection, NucleusIsTheSmallestSetThatReachesP) {
  expect_rows({.top_p = 0.65}, at::tensor({0.f, 4.f / 7, 3.f / 7, 0.f, 1.f / 3, 1.f / 3, 1.f / 3, 0.f}));
  expect_rows({.top_p = 0.72}, at::tensor({0.f, 4.f / 9, 3.f / 9, 2.f / 9, 1.f / 3, 1.f / 3, 1.f / 3, 0.f}));
  expect_rows({.top_p = 0.3}, at::tensor({0.f, 1.f, 0.f, 0.f, .5f, .5f, 0.f, 0.f}));
  expect_rows({.top_p = 0.0}, at::tensor({0.f, 1.f, 0.f, 0.f, 1.f, 0.f, 0.f, 0.f}));
}

TEST(Selection, NucleusActsOnWhatTopKAndTemperatureLeave) {
  // Of 4/7 and 3/7 the first reaches a half.
  expect_rows({.top_k = 2, .top_p = 0.5}, at::tensor({0.f, 1.f, 0.f, 0.f, 1.f, 0.f, 0.f, 0.f}));
  // Squared, the first has 16/30.
  expect_rows({.temperature = 0.5, .top_p = 0.5}, at::tensor({0.f, 1.f, 0.f, 0.f, .5f, .5f, 0.f, 0.f}));
}

}  // namespace
}  // namespace autodidact::autoregressive
