#include "timevqvae.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "autodidact/plugin/error.hpp"
#include "test_support.hpp"

namespace autodidact::timevqvae {
namespace {

using namespace testing_support;  // NOLINT

constexpr ForwardOptions kTrain{Path::quantised, true};

struct Case {
  std::int64_t channels, length;
  bool first;  // version
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.channels << " x " << c.length << (c.first ? " first" : ""); }
Settings settings_of(const Case& c) { return c.first ? first_version() : Settings(); }
class Shapes : public ::testing::TestWithParam<Case> {};

TEST_P(Shapes, AreThoseOfTheContract) {
  const auto [C, L, first] = GetParam();
  TestHost host;
  const auto model = make(host, L, C, settings_of(GetParam()));
  const at::Tensor x = series(5, C, L);
  const Layout layout = model->layout();
  ASSERT_EQ(layout.size(), 2u);
  EXPECT_EQ(layout[0].name, "lf");
  EXPECT_EQ(layout[1].name, "hf");
  EXPECT_EQ(layout[1].first, layout[0].count());
  const View view = model->forward(x, kTrain, {});
  EXPECT_EQ(view.x_hat.sizes(), x.sizes());
  EXPECT_EQ(view.terms.size(), first ? 6u : 4u);
  at::Tensor sum = at::zeros({});
  for (const auto& [name, value] : view.terms) sum = sum + value;
  EXPECT_NEAR(view.total.item<double>(), sum.item<double>(), 1e-5);
  view.total.backward();
  for (const Parameter& parameter : model->parameters()) {
    ASSERT_TRUE(parameter.tensor.grad().defined()) << parameter.name;
    EXPECT_TRUE(parameter.tensor.grad().isfinite().all().item<bool>()) << parameter.name;
  }

  model->train(false);
  const at::Tensor tokens = model->encode(x, 0);
  EXPECT_EQ(tokens.sizes(), (std::vector<std::int64_t>{5, layout[0].count() + layout[1].count()}));
  EXPECT_EQ(model->decode(tokens).sizes(), x.sizes());
  const Latents latents = model->latents(x);
  for (std::size_t s = 0; s < 2; ++s) {
    const std::vector<std::int64_t> map = {5, layout[s].channels, layout[s].height, layout[s].width};
    for (const std::vector<at::Tensor>* maps : {&view.z, &view.z_q, &latents.z, &latents.z_q})
      EXPECT_EQ(maps->at(s).sizes(), map);
    EXPECT_EQ(model->codebooks().at(s)->sizes(),
              (std::vector<std::int64_t>{layout[s].vocabulary, first ? layout[s].channels : 8}));
  }
}

INSTANTIATE_TEST_SUITE_P(All, Shapes,
                         ::testing::Values(Case{1, 128, false}, Case{3, 60, false}, Case{1, 65, false},
                                           Case{2, 33, false}, Case{1, 945, false}, Case{1, 5, false},
                                           Case{1, 128, true}, Case{3, 61, true}, Case{2, 33, true}));

// The published token grid of the second version: L = 152 halved four times at height 1, and twice at height 2.
TEST(Grid, IsThatOfThePublishedProgram) {
  TestHost host;
  const Layout layout = make(host, 152)->layout();
  EXPECT_EQ(layout[0].height, 1);
  EXPECT_EQ(layout[0].width, 9);
  EXPECT_EQ(layout[1].height, 2);
  EXPECT_EQ(layout[1].width, 38);
}

class Versions : public ::testing::TestWithParam<bool> {
 protected:
  std::unique_ptr<TimeVqVae> model(std::int64_t length, std::int64_t channels = 1, Settings set = {}) {
    if (GetParam()) set = first_version(set);
    return make(host, length, channels, set);
  }
  TestHost host;
};
INSTANTIATE_TEST_SUITE_P(Both, Versions, ::testing::Values(false, true));

TEST_P(Versions, StreamsSumToTheSeries) {
  for (const std::int64_t length : {64, 65}) {
    const auto tokenizer = model(length, 3);
    const at::Tensor x = series(4, 3, length);
    const at::Tensor low = tokenizer->target(0, x), high = tokenizer->target(1, x);
    EXPECT_LT(largest(low + high - x), 2e-5);
    EXPECT_GT(largest(high), 0.05);
    EXPECT_GT(largest(low), 0.5);
  }
}

// Without a window bin 0 is a running mean: of a constant series it is all there is.
TEST(Bands, AConstantIsLow) {
  TestHost host;
  const auto tokenizer = make(host, 64, 1, first_version());
  const at::Tensor x = at::full({2, 1, 64}, 3.0f);
  EXPECT_LT(largest(tokenizer->target(0, x) - x), 1e-5);
  EXPECT_LT(largest(tokenizer->target(1, x)), 1e-5);
}

// Tokens say all that a reconstruction is made of, and each stream makes its own part.
TEST_P(Versions, EncodeThenDecodeIsForward) {
  const auto tokenizer = model(70);
  const at::Tensor x = series(8, 1, 70);
  for (int i = 0; i < 3; ++i) tokenizer->forward(x, kTrain, {});
  tokenizer->train(false);
  const View view = tokenizer->forward(x, {Path::quantised, false}, {});
  const at::Tensor tokens = tokenizer->encode(x, 0);
  EXPECT_LT(largest(view.x_hat - tokenizer->decode(tokens)), 1e-5);
  const Latents latents = tokenizer->latents(x);
  for (std::size_t s = 0; s < 2; ++s) {
    EXPECT_LT(largest(view.z[s] - latents.z[s]), 1e-5);
    EXPECT_LT(largest(view.z_q[s] - latents.z_q[s]), 1e-5);
  }
  at::Tensor other = tokens.clone();
  other.narrow(1, 0, tokenizer->layout()[0].count()).fill_(1);
  EXPECT_GT(largest(tokenizer->decode(other) - tokenizer->decode(tokens)), 1e-4);
}

TEST_P(Versions, AreFrozenInEvaluation) {
  const auto tokenizer = model(65);
  tokenizer->forward(series(6, 1, 65), kTrain, {});
  tokenizer->train(false);
  const Snapshot before = snapshot(*tokenizer, true);
  const at::Tensor x = series(3, 1, 65);
  tokenizer->forward(x, kTrain, {});
  tokenizer->latents(x);
  tokenizer->decode(tokenizer->encode(x, 1.0));
  EXPECT_TRUE(equal(before, snapshot(*tokenizer, true)));
}

TEST_P(Versions, ABatchOfOneIsARowOfMany) {
  const auto tokenizer = model(65);
  tokenizer->forward(series(8, 1, 65), kTrain, {});
  tokenizer->train(false);
  const at::Tensor x = series(6, 1, 65), one = x.narrow(0, 3, 1);
  for (std::size_t s = 0; s < 2; ++s)
    EXPECT_LT(largest(tokenizer->latents(one).z[s] - tokenizer->latents(x).z[s].narrow(0, 3, 1)), 1e-5);
  const at::Tensor tokens = tokenizer->encode(x, 0);
  EXPECT_LT(largest(tokenizer->decode(tokens.narrow(0, 3, 1)) - tokenizer->decode(tokens).narrow(0, 3, 1)), 1e-5);
}

TEST_P(Versions, ContinuousPathHasNoCodes) {
  const auto tokenizer = model(64);
  const Snapshot before = snapshot(*tokenizer, false);
  const View view = tokenizer->forward(series(4, 1, 64), {Path::continuous, true}, {});
  EXPECT_TRUE(view.z_q.empty());
  EXPECT_FALSE(scalar_of(view.terms, "commitment_lf").defined());
  for (const char* name : {"lf.codebook.codes", "hf.codebook.sizes", "hf.codebook.sums"})
    EXPECT_TRUE(at::equal(before.at(name), snapshot(*tokenizer, false).at(name))) << name;
}

TEST_P(Versions, MakeTheRoundTripOfTheirState) {
  const auto first = model(65, 2), second = model(65, 2);
  const at::Tensor x = series(6, 2, 65);
  first->forward(x, kTrain, {});
  const Snapshot state = snapshot(*first, true);
  EXPECT_EQ(state.size(), first->parameters().size() + first->buffers().size());  // names are unique
  restore(*second, state);
  host.seed = 3, at::manual_seed(3);
  const View a = first->forward(x, kTrain, {});
  host.seed = 3, at::manual_seed(3);
  const View b = second->forward(x, kTrain, {});
  EXPECT_TRUE(at::equal(a.total, b.total));
  EXPECT_TRUE(at::equal(a.x_hat, b.x_hat));
}

TEST_P(Versions, LearnAndRepeat) {
  double first = 0, last[2];
  for (int run = 0; run < 2; ++run) {
    host.seed = 1;
    const auto tokenizer = model(64, 1, {{"dropout", "[0.1]"}});
    const at::Tensor x = series(16, 1, 64);
    for (int step = 0; step < 40; ++step) {
      const View view = tokenizer->forward(x, kTrain, {});
      if (step == 0) first = at::mse_loss(view.x_hat, x).item<double>();
      last[run] = at::mse_loss(view.x_hat, x).item<double>();
      view.total.backward();
      descend(*tokenizer, GetParam() ? 0.05 : 0.5);
    }
  }
  EXPECT_LT(last[0], 0.7 * first);
  EXPECT_EQ(last[0], last[1]);
}

}  // namespace
}  // namespace autodidact::timevqvae
