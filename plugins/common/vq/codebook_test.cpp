#include "common/vq/codebook.hpp"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

#include <cmath>

#include "common/vq/kmeans.hpp"
#include "common/vq/quantise.hpp"

namespace autodidact::vq {
namespace {

double largest(const at::Tensor& t) { return t.abs().max().item<double>(); }
at::Generator seeded(std::uint64_t seed = 7) { return at::make_generator<at::CPUGeneratorImpl>(seed); }
at::Generator unasked() { throw std::logic_error("randomness was asked for"); }

at::Tensor matrix(std::vector<float> values, std::int64_t rows) { return at::tensor(values).view({rows, -1}); }

// K = 2, d = 1, decay 0.5: N = (1, 1), m = e = (0, 4). Three vectors go to code 0, one to code 1.
TEST(Update, EqualsAHandComputedStep) {
  Codebook book({.codes = 2, .dimension = 1, .decay = 0.5, .eps = 0.1});
  book.set(matrix({0, 4}, 2), at::ones({2}), matrix({0, 4}, 2));
  const at::Tensor z = matrix({1, -1, 1.5, 3}, 4);
  const at::Tensor index = book.assign(z);
  EXPECT_TRUE(at::equal(index, at::tensor({0, 0, 0, 1}, at::kLong)));
  book.update(z, index, unasked);
  EXPECT_LT(largest(book.sizes() - at::tensor({2.0f, 1.0f})), 1e-6);  // (1 + 3) / 2, (1 + 1) / 2
  EXPECT_LT(largest(book.sums() - matrix({0.75f, 3.5f}, 2)), 1e-6);   // (0 + 1.5) / 2, (4 + 3) / 2
  const float first = 0.75f / (2.1f / 3.2f * 3.0f), second = 3.5f / (1.1f / 3.2f * 3.0f);
  EXPECT_LT(largest(book.codes() - matrix({first, second}, 2)), 1e-6);
}

TEST(Update, ConstantAssignmentsConvergeAtTheDecay) {
  Codebook book({.codes = 3, .dimension = 2, .decay = 0.9});
  const at::Tensor mean = at::randn({3, 2}) * 5;
  const at::Tensor index = at::arange(3, at::kLong).repeat({20});
  const at::Tensor z = mean.repeat({20, 1});
  const at::Tensor start = book.codes().clone();
  for (int step = 1; step <= 60; ++step) {
    book.update(z, index, unasked);
    // N and m both move from (1, e) to (20, 20 mean) at rate 0.9.
    const double left = std::pow(0.9, step);
    const at::Tensor want = (left * start + (1 - left) * 20 * mean) / (left + (1 - left) * 20);
    ASSERT_LT(largest(book.codes() - want), 2e-4) << step;
  }
  EXPECT_LT(largest(book.codes() - mean), 0.02);
}

// Until its count has decayed below what keeps it from a division by zero; then it fades to the origin.
TEST(Update, AnUnusedCodeStaysAsLongAsItsCountDoes) {
  Codebook book({.codes = 2, .dimension = 4});
  const at::Tensor kept = book.codes()[1].clone();
  const auto steps = [&](int count) {
    for (int step = 0; step < count; ++step) book.update(at::randn({64, 4}), at::zeros({64}, at::kLong), unasked);
  };
  steps(50);
  EXPECT_LT(largest(book.codes()[1] - kept), 0.05 * largest(kept));
  steps(250);
  EXPECT_LT(largest(book.codes()[1]), 0.01 * largest(kept));
}

TEST(Update, LegacyThrowsAnUnusedCodeAway) {
  Codebook book({.codes = 2, .dimension = 4, .legacy = true});
  EXPECT_EQ(largest(book.sizes()), 0.0);
  const at::Tensor kept = book.codes()[1].clone();
  book.update(at::randn({64, 4}), at::zeros({64}, at::kLong), unasked);
  EXPECT_GT(largest(book.codes()[1]), 1e4 * largest(kept));
}

TEST(KMeans, FindsSeparateClusters) {
  const at::Tensor centres = at::tensor({-10.0f, 0.0f, 10.0f}).view({3, 1});
  const at::Tensor z = centres.repeat({50, 1}) + at::randn({150, 1}, seeded()) * 0.1;
  double worst = 1e9;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {  // a bad start may end elsewhere; some start finds them
    const KMeans found = kmeans(z, 3, 10, seeded(seed));
    worst = std::min(worst, largest(std::get<0>(found.centroids.sort(0)) - centres));
    EXPECT_EQ(found.counts.sum().item<double>(), 150.0);
  }
  EXPECT_LT(worst, 0.1);
  EXPECT_TRUE(at::equal(kmeans(z, 3, 10, seeded(3)).centroids, kmeans(z, 3, 10, seeded(3)).centroids));
}

TEST(KMeans, FewerRowsThanClustersKeepsDuplicates) {
  const at::Tensor z = at::randn({3, 2}, seeded());
  const KMeans found = kmeans(z, 8, 5, seeded());
  EXPECT_TRUE(found.centroids.isfinite().all().item<bool>());
  EXPECT_EQ(found.counts.sum().item<double>(), 3.0);
}

TEST(Start, OneStepOnTheSameBatchLeavesTheCentroids) {
  Codebook book({.codes = 4, .dimension = 3, .kmeans = true});
  const at::Tensor z = at::randn({400, 3}, seeded());
  book.start(z, [] { return seeded(); });
  const at::Tensor centroids = book.codes().clone();
  EXPECT_LT(largest(book.sums() - centroids * book.sizes().unsqueeze(1)), 1e-4);
  const at::Tensor index = book.assign(z);
  const Clusters clusters = gather(z, index, 4);
  // Lloyd has converged up to the last reassignments, and N and m agree: the codes move by little.
  book.update(z, index, unasked);
  EXPECT_LT(largest(book.codes() - (0.9 * centroids + 0.1 * clusters.sums / clusters.counts.unsqueeze(1))), 0.02);
  const at::Tensor again = book.codes().clone();
  book.start(z, unasked);  // only once
  EXPECT_TRUE(at::equal(book.codes(), again));
}

TEST(Start, ConvergedKMeansIsAFixedPoint) {
  const at::Tensor centres = at::randn({4, 3}, seeded()) * 20;
  const at::Tensor z = centres.repeat({30, 1});
  Codebook book({.codes = 4, .dimension = 3, .kmeans = true});
  book.start(z, [] { return seeded(5); });
  const at::Tensor centroids = book.codes().clone();
  book.update(z, book.assign(z), unasked);
  EXPECT_LT(largest(book.codes() - centroids), 1e-3);
}

TEST(Start, LegacyShrinksTheCodes) {
  const at::Tensor z = at::randn({400, 3}, seeded()) + 20.0;
  Codebook book({.codes = 4, .dimension = 3, .decay = 0.8, .kmeans = true, .legacy = true});
  book.start(z, [] { return seeded(); });
  const at::Tensor centroids = book.codes().clone();
  ASSERT_GT(book.sizes().min().item<double>(), 10.0);
  book.update(z, book.assign(z), unasked);
  EXPECT_LT(largest(book.codes()), 0.3 * largest(centroids));
}

TEST(Revival, SetsAllThree) {
  Codebook book({.codes = 3, .dimension = 2, .decay = 0.5, .revival_threshold = 0.6});
  const at::Tensor z = at::randn({40, 2}, seeded()) + 30.0;
  book.update(z, at::zeros({40}, at::kLong), [] { return seeded(); });  // sizes: 20.5, 0.5, 0.5
  for (int code = 1; code < 3; ++code) {
    EXPECT_LT((z - book.codes()[code]).abs().sum(1).min().item<double>(), 1e-6);  // it is one of the rows
    EXPECT_FLOAT_EQ(book.sizes()[code].item<float>(), 0.6f);
    EXPECT_LT(largest(book.sums()[code] - 0.6 * book.codes()[code]), 1e-5);
  }
  const at::Tensor revived = book.codes()[1].clone();
  book.update(z, at::zeros({40}, at::kLong), [] { return seeded(9); });
  EXPECT_GT(book.codes()[1].min().item<double>(), 20.0);  // replaced again, never pulled back to where it was
}

TEST(Revival, LegacyIsUndoneByTheNextStep) {
  Codebook book({.codes = 2, .dimension = 2, .decay = 0.5, .revival_threshold = 0.1, .legacy = true});
  book.set(at::zeros({2, 2}), at::tensor({1.0f, 0.1f}), at::zeros({2, 2}));
  const at::Tensor z = at::full({8, 2}, 30.0);
  book.update(z, at::zeros({8}, at::kLong), [] { return seeded(); });
  EXPECT_GT(book.codes()[1].min().item<double>(), 29.0);
  EXPECT_EQ(largest(book.sums()[1]), 0.0);
}

TEST(Quantise, PassesGradientsStraightThrough) {
  const at::Tensor codes = at::randn({5, 3}, at::kDouble), z = at::randn({7, 3}, at::kDouble).requires_grad_(true);
  const at::Tensor index = nearest(z.detach(), codes);
  const Quantised out = quantise(z, codes, index);
  EXPECT_TRUE(at::equal(out.z_q.detach(), codes.index_select(0, index)));
  EXPECT_NEAR(out.commitment.item<double>(), (z - codes.index_select(0, index)).square().mean().item<double>(), 1e-12);
  const at::Tensor cotangent = at::randn({7, 3}, at::kDouble);
  ((out.z_q * cotangent).sum() + 3.0 * out.commitment).backward();
  const at::Tensor want = cotangent + 3.0 * 2.0 / 21.0 * (z.detach() - codes.index_select(0, index));
  EXPECT_LT(largest(z.grad() - want), 1e-12);
}

TEST(Assign, TakesTheNearestAndTheFirstOfEquals) {
  Codebook book({.codes = 3, .dimension = 1});
  book.set(matrix({1, -1, 1}, 3), at::ones({3}), matrix({1, -1, 1}, 3));
  EXPECT_TRUE(at::equal(book.assign(matrix({0.9f, -3, 5}, 3)), at::tensor({0, 1, 0}, at::kLong)));
}

TEST(Draw, FollowsTheDistances) {
  Codebook book({.codes = 3, .dimension = 1});
  book.set(matrix({0, 1, 2}, 3), at::ones({3}), matrix({0, 1, 2}, 3));
  const at::Tensor z = at::full({20000, 1}, 0.5);
  const at::Tensor drawn = book.draw(z, 2.0, seeded());
  const at::Tensor share = at::bincount(drawn, {}, 3).to(at::kDouble) / 20000.0;
  const at::Tensor want = at::softmax(-at::tensor({0.25, 0.25, 2.25}, at::kDouble) / 2.0, 0);
  EXPECT_LT(largest(share - want), 0.02);
  EXPECT_TRUE(at::equal(book.draw(z, 2.0, seeded()), drawn));
  EXPECT_TRUE(at::equal(book.draw(z + 0.2, 1e-6, seeded()), book.assign(z + 0.2)));  // cold: the nearest
}

TEST(Usage, CountsAndWeighs) {
  const Usage even = usage(at::arange(8, at::kLong), 16);
  EXPECT_NEAR(even.perplexity.item<double>(), 8.0, 1e-6);
  EXPECT_EQ(even.used.item<std::int64_t>(), 8);
  EXPECT_NEAR(usage(at::zeros({9}, at::kLong), 16).perplexity.item<double>(), 1.0, 1e-6);
}

}  // namespace
}  // namespace autodidact::vq
