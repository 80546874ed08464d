#include "data/duplicates.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace autodidact::test {
namespace {

at::Tensor noise(std::int64_t n, std::int64_t channels, std::int64_t length) {
  at::Generator generator = at::detail::createCPUGenerator(3);
  return at::randn({n, channels, length}, generator, at::kFloat);
}

TEST(Duplicates, ExactAndNearInAndBetweenParts) {
  const at::Tensor x = noise(20, 2, 30);
  Dataset data;
  data.train.x = x.slice(0, 0, 10).clone();
  data.validation.x = x.slice(0, 10, 12).clone();
  data.test.x = x.slice(0, 12, 20).clone();
  data.train.x[3] = data.train.x[1];                             // exact in train
  data.train.x[4] = data.train.x[1];                             // and once more
  data.train.x[6] = 2 * data.train.x[5] + 1;                     // near: scaled and shifted
  data.test.x[1] = data.test.x[0];                               // exact in test
  data.test.x[2] = data.train.x[7];                              // exact between
  data.test.x[3] = data.validation.x[1];                         // validation counts as train
  data.test.x[4] = data.train.x[8] + 1e-3 * noise(1, 2, 30)[0];  // near between
  data.test.x[5] = 3.0;                                          // constant: like nothing
  data.test.x[6] = 4.0;
  data.train.y = at::zeros({10}, at::kLong);
  data.validation.y = at::zeros({2}, at::kLong);
  data.test.y = at::zeros({8}, at::kLong);
  data.train.y[4] = 1;
  const Duplicates found = count_duplicates(data);
  EXPECT_EQ(found.exact_train, 2);
  EXPECT_EQ(found.near_train, 1);
  EXPECT_EQ(found.exact_test, 1);
  EXPECT_EQ(found.near_test, 0);
  EXPECT_EQ(found.exact_between, 2);
  EXPECT_EQ(found.near_between, 1);
  EXPECT_EQ(found.contradicting, 1);
}

// More rows than one block, against a plain search.
TEST(Duplicates, BlocksAgreeWithAPlainSearch) {
  Dataset data;
  const at::Tensor x = noise(2300, 1, 8);
  data.train.x = x.slice(0, 0, 1300).clone();
  data.validation.x = at::empty({0, 1, 8});
  data.test.x = x.slice(0, 1300).clone();
  data.train.x[1200] = 0.5 * data.train.x[3];
  data.test.x[900] = 0.5 * data.train.x[1100];
  data.test.x[990] = 0.5 * data.test.x[2] - 1;
  const Duplicates found = count_duplicates(data);
  const at::Tensor all = at::cat({data.train.x, data.test.x}).squeeze(1).to(at::kDouble);
  const at::Tensor near = at::corrcoef(all).ge(kNear).tril(-1);
  EXPECT_EQ(found.near_train, near.slice(0, 0, 1300).any(1).sum().item<std::int64_t>());
  EXPECT_EQ(found.near_test, near.slice(0, 1300).slice(1, 1300).any(1).sum().item<std::int64_t>());
  EXPECT_EQ(found.near_between, near.slice(0, 1300).slice(1, 0, 1300).any(1).sum().item<std::int64_t>());
  EXPECT_EQ(found.exact_train + found.exact_test + found.exact_between, 0);
}

}  // namespace
}  // namespace autodidact::test
