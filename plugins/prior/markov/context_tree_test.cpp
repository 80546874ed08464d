#include "context_tree.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace autodidact::markov {
namespace {

using Sequence = std::vector<std::int64_t>;

// Over two codes: (0, 1, 1) and (0, 0, 0).
ContextTree counted(std::int64_t order) {
  ContextTree tree(2, order);
  for (const Sequence& s : {Sequence{0, 1, 1}, Sequence{0, 0, 0}}) tree.add(s.data(), 3);
  return tree;
}

double p(const ContextTree& tree, const Sequence& sequence, double smoothing = 1.0) {
  return tree.probability(sequence.data(), static_cast<std::int64_t>(sequence.size()) - 1, smoothing);
}

TEST(ContextTree, SingleTokensByHand) {
  const ContextTree tree = counted(0);  // code 0 four times of six
  EXPECT_NEAR(p(tree, {0}), 4.5 / 7, 1e-12);
  EXPECT_NEAR(p(tree, {0, 1}), 2.5 / 7, 1e-12);
  EXPECT_NEAR(p(tree, {1, 1}, 0.0), 2.0 / 6, 1e-12);
}

TEST(ContextTree, PairsByHand) {
  const ContextTree tree = counted(1);
  EXPECT_NEAR(p(tree, {0}), (2 + 9.0 / 14) / 3, 1e-12);      // both begin with 0
  EXPECT_NEAR(p(tree, {0, 1}), (1 + 5.0 / 14) / 4, 1e-12);   // after 0: 1, 0, 0
  EXPECT_NEAR(p(tree, {1, 1}), (1 + 5.0 / 14) / 2, 1e-12);   // after 1: 1
  EXPECT_NEAR(p(tree, {0, 1, 1}), p(tree, {1, 1}), 1e-12);   // one token of context
  EXPECT_NEAR(p(tree, {0, 1}, 0.0), 1.0 / 3, 1e-12);
}

TEST(ContextTree, TriplesByHand) {
  const ContextTree tree = counted(2);
  EXPECT_NEAR(p(tree, {0, 1, 1}), (1 + 19.0 / 28) / 2, 1e-12);  // after 0, 1: 1
  EXPECT_NEAR(p(tree, {0, 1}), (1 + 19.0 / 56) / 3, 1e-12);     // after start, 0: 1, 0
  EXPECT_NEAR(p(tree, {0, 0, 1}), (0 + 19.0 / 56) / 2, 1e-12);  // after 0, 0: 0
  EXPECT_NEAR(p(tree, {1, 1, 1}), 19.0 / 28, 1e-12);            // 1, 1 was never followed: as after 1
  EXPECT_NEAR(p(tree, {0, 0, 1}, 0.0), 0.0, 1e-12);
  EXPECT_NEAR(p(tree, {1, 1, 1}, 0.0), 1.0, 1e-12);             // without smoothing too
  // The first token has no more context than the start: counted once, not once for each length.
  EXPECT_NEAR(p(tree, {0}), (2 + 9.0 / 14) / 3, 1e-12);
}

TEST(ContextTree, EmptyIsUniform) {
  const ContextTree tree(4, 3);
  for (const double smoothing : {0.0, 1.0}) EXPECT_NEAR(p(tree, {2, 1, 0}, smoothing), 0.25, 1e-12);
}

TEST(ContextTree, DistributionsAreTheProbabilitiesAndSumToOne) {
  std::uint64_t state = 5;
  const auto next = [&] { return static_cast<std::int64_t>((state = state * 6364136223846793005ull + 1) >> 33); };
  for (const std::int64_t order : {0, 1, 2, 3, 8}) {
    ContextTree tree(5, order);
    Sequence sequence(30);
    for (int i = 0; i < 20; ++i) {
      for (std::int64_t& code : sequence) code = next() % 4;  // code 4 is never seen
      tree.add(sequence.data(), 30);
    }
    for (const double smoothing : {0.0, 0.3, 7.0})
      for (const std::int64_t position : {0, 1, 2, 5, 29}) {
        std::vector<double> all(5);
        tree.distribution(sequence.data(), position, smoothing, all.data());
        double sum = 0;
        for (std::int64_t k = 0; k < 5; ++k) {
          Sequence with(sequence.begin(), sequence.begin() + position);
          with.push_back(k);
          EXPECT_NEAR(all[static_cast<std::size_t>(k)], p(tree, with, smoothing), 1e-12);
          sum += all[static_cast<std::size_t>(k)];
        }
        EXPECT_NEAR(sum, 1.0, 1e-12) << order << " " << smoothing << " " << position;
        EXPECT_EQ(all[4] == 0.0, smoothing == 0.0);
      }
  }
}

}  // namespace
}  // namespace autodidact::markov
