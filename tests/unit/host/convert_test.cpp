#include "host/convert.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace autodidact {
namespace {

TEST(Convert, RoundTripOfEveryType) {
  for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kLong, at::kInt, at::kShort, at::kByte, at::kBool}) {
    const at::Tensor t = at::arange(12).remainder(type == at::kBool ? 2 : 100).view({3, 4}).to(type);
    const at::Tensor back = to_tensor(to_array(t));
    EXPECT_EQ(back.scalar_type(), type);
    EXPECT_TRUE(at::equal(back, t)) << c10::toString(type);
  }
}

TEST(Convert, ViewsScalarsAndEmptyTensors) {
  const at::Tensor t = at::arange(12).view({3, 4}).t();
  EXPECT_TRUE(at::equal(to_tensor(to_array(t)), t));
  EXPECT_EQ(to_tensor(to_array(at::tensor(3.0f).squeeze())).dim(), 0);
  EXPECT_EQ(to_tensor(to_array(at::empty({0, 5}))).sizes(), at::IntArrayRef({0, 5}));
  const at::Tensor graph = at::ones({2}).requires_grad_() * 2;
  EXPECT_FALSE(to_tensor(to_array(graph)).requires_grad());
}

TEST(Convert, ArraysThatDoNotFitAreRefused) {
  EXPECT_THROW(to_array(at::ones({2}, at::kHalf)), std::invalid_argument);
  Array array = to_array(at::ones({4}));
  array.shape = {5};
  EXPECT_THROW(to_tensor(array), std::invalid_argument);
}

}  // namespace
}  // namespace autodidact
