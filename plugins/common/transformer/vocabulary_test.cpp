#include "common/transformer/vocabulary.hpp"

#include <ATen/ATen.h>

#include <cmath>

#include "common/transformer/test_gradients.hpp"

namespace autodidact::transformer {
namespace {

TEST(DrawFromStates, DrawsByTheInverseOfTheCumulativeSoftmax) {
  at::manual_seed(1);
  for (const std::int64_t K : {1, 3, 64, 65, 200, 1024})
    for (const std::int64_t R : {1, 47, 300}) {
      const at::Tensor states = at::randn({R, 20}), weight = at::randn({K, 20}), bias = at::randn({K});
      const at::Tensor u = at::rand({R}).clamp(1e-6, 1 - 1e-6);
      const at::Tensor p = at::softmax(at::linear(states, weight, bias).to(at::kDouble), 1), cumulative = p.cumsum(1);
      const Draw draw = draw_from_states(states, weight, bias, u);
      const at::Tensor at_index = cumulative.gather(1, draw.index.unsqueeze(1)).squeeze(1);
      const at::Tensor own = p.gather(1, draw.index.unsqueeze(1)).squeeze(1);
      // The number lies between the cumulative sums before and after the code, within rounding.
      EXPECT_TRUE((at_index > u - 1e-4).all().item<bool>()) << K;
      EXPECT_TRUE((at_index - own < u + 1e-4).all().item<bool>()) << K;
      EXPECT_TRUE(at::allclose(draw.probability.to(at::kDouble), own, 1e-4, 1e-6)) << K;
    }
}

TEST(DrawFromStates, RowsDoNotDependOnTheirBlock) {
  at::manual_seed(2);
  const at::Tensor states = at::randn({100, 32}), u = at::rand({100});
  const at::Tensor weight = at::randn({1024, 32}), bias = at::randn({1024});
  const Draw all = draw_from_states(states, weight, bias, u);
  const Draw some = draw_from_states(states.narrow(0, 37, 20), weight, bias, u.narrow(0, 37, 20));
  EXPECT_TRUE(at::equal(some.index, all.index.narrow(0, 37, 20)));
  EXPECT_TRUE(at::equal(some.probability, all.probability.narrow(0, 37, 20)));
}

TEST(DrawFromStates, NeverTakesACodeWithoutProbability) {
  // One code has all of it; the numbers go to both ends.
  const at::Tensor u = at::tensor({1e-7f, 0.5f, 0.9999999f}), none = at::zeros({3, 2});
  for (const std::int64_t code : {0, 63, 64, 130}) {
    at::Tensor bias = at::full({131}, -200.0f);
    bias[code] = 10.0f;
    EXPECT_TRUE((draw_from_states(none, at::ones({131, 2}), bias, u).index == code).all().item<bool>()) << code;
  }
}

TEST(CrossEntropy, EqualsTheLibrarysWithGradientsAndHits) {
  at::manual_seed(3);
  for (const std::int64_t K : {1, 7, 64, 1000})
    for (const double smoothing : {0.0, 0.1}) {
      const at::Tensor logits = random({50, K}), target = (at::rand({50}) * K).to(at::kLong);
      const at::Tensor want = at::cross_entropy_loss(logits, target, {}, at::Reduction::Mean, -100, smoothing);
      const CrossEntropy got = cross_entropy(logits, target, smoothing);
      EXPECT_NEAR(got.loss.item<double>(), want.item<double>(), 1e-12) << K;
      EXPECT_TRUE(at::equal(got.hit, std::get<1>(logits.max(1)) == target));
      const at::Tensor a = torch::autograd::grad({got.loss * 3}, {logits})[0];
      EXPECT_TRUE(at::allclose(a, torch::autograd::grad({want * 3}, {logits})[0], 1e-10, 1e-12)) << K;
      const at::Tensor f = logits.detach().to(at::kFloat).set_requires_grad(true);
      const CrossEntropy narrow = cross_entropy(f, target, smoothing);
      EXPECT_NEAR(narrow.loss.item<double>(), want.item<double>(), 1e-5 * (1 + want.item<double>())) << K;
      EXPECT_TRUE(at::allclose(torch::autograd::grad({narrow.loss * 3}, {f})[0].to(at::kDouble), a, 1e-4, 1e-6)) << K;
    }
}

TEST(CrossEntropy, GradientsAgreeWithFiniteDifferences) {
  at::manual_seed(4);
  const at::Tensor target = at::tensor({2, 0, 4}, at::kLong);
  check_gradients([&](const Tensors& t) { return cross_entropy(t[0], target, 0.2).loss; }, {random({3, 5})});
}

TEST(CrossEntropy, NotANumberStaysOne) {
  for (const double bad : {std::nan(""), -std::nan("")}) {
    at::Tensor logits = at::zeros({2, 100});
    logits[1][40] = bad;
    EXPECT_TRUE(std::isnan(cross_entropy(logits, at::zeros({2}, at::kLong), 0.0).loss.item<double>()));
  }
}

}  // namespace
}  // namespace autodidact::transformer
