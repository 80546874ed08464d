#include "context_tree.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace autodidact::markov {
namespace {

using Sequence = std::vector<std::int64_t>;

// Over two codes: (0, 1, 1) and (0, 0, 0).
ContextTree counted(std::int64_t order, double smoothing = 1.0, std::int64_t positions = 0) {
  ContextTree tree({.codes = 2, .order = order, .positions = positions, .smoothing = smoothing});
  for (const Sequence& s : {Sequence{0, 1, 1}, Sequence{0, 0, 0}}) tree.add(s.data(), 3);
  return tree;
}

double p(const ContextTree& tree, const Sequence& sequence) {
  return tree.probability(sequence.data(), static_cast<std::int64_t>(sequence.size()) - 1);
}

TEST(ContextTree, SingleTokensByHand) {
  const ContextTree tree = counted(0);  // code 0 four times of six
  EXPECT_NEAR(p(tree, {0}), 4.5 / 7, 1e-12);
  EXPECT_NEAR(p(tree, {0, 1}), 2.5 / 7, 1e-12);
  EXPECT_NEAR(p(counted(0, 0.0), {1, 1}), 2.0 / 6, 1e-12);
}

TEST(ContextTree, PairsByHand) {
  const ContextTree tree = counted(1);
  EXPECT_NEAR(p(tree, {0}), (2 + 9.0 / 14) / 3, 1e-12);     // both begin with 0
  EXPECT_NEAR(p(tree, {0, 1}), (1 + 5.0 / 14) / 4, 1e-12);  // after 0: 1, 0, 0
  EXPECT_NEAR(p(tree, {1, 1}), (1 + 5.0 / 14) / 2, 1e-12);  // after 1: 1
  EXPECT_NEAR(p(tree, {0, 1, 1}), p(tree, {1, 1}), 1e-12);  // one token of context
  EXPECT_NEAR(p(counted(1, 0.0), {0, 1}), 1.0 / 3, 1e-12);
}

TEST(ContextTree, TriplesByHand) {
  const ContextTree tree = counted(2);
  EXPECT_NEAR(p(tree, {0, 1, 1}), (1 + 19.0 / 28) / 2, 1e-12);  // after 0, 1: 1
  EXPECT_NEAR(p(tree, {0, 1}), (1 + 19.0 / 56) / 3, 1e-12);     // after start, 0: 1, 0
  EXPECT_NEAR(p(tree, {0, 0, 1}), (0 + 19.0 / 56) / 2, 1e-12);  // after 0, 0: 0
  EXPECT_NEAR(p(tree, {1, 1, 1}), 19.0 / 28, 1e-12);            // 1, 1 was never followed: as after 1
  EXPECT_NEAR(p(counted(2, 0.0), {0, 0, 1}), 0.0, 1e-12);
  EXPECT_NEAR(p(counted(2, 0.0), {1, 1, 1}), 1.0, 1e-12);  // without smoothing too
  // The first token has no more context than the start: counted once, not once for each length.
  EXPECT_NEAR(p(tree, {0}), (2 + 9.0 / 14) / 3, 1e-12);
}

TEST(ContextTree, CountsOfEachPositionByHand) {
  const ContextTree tree = counted(1, 1.0, 3);
  EXPECT_NEAR(p(tree, {0}), 2.5 / 3, 1e-12);                      // both begin with 0; no context
  EXPECT_NEAR(p(tree, {0, 1}), (1 + 1.5 / 3) / 3, 1e-12);         // at position 1 after 0: 1, 0; one 1 of two
  EXPECT_NEAR(p(tree, {0, 1, 1}), (1 + 1.5 / 3) / 2, 1e-12);      // at position 2 after 1: 1
  EXPECT_NEAR(p(tree, {1, 1}), 1.5 / 3, 1e-12);                   // no series has 1 at position 0
  EXPECT_NEAR(p(counted(0, 1.0, 3), {0, 0, 1}), 1.5 / 3, 1e-12);  // (count + s / K) / (series + s), as unigram
  EXPECT_NEAR(p(counted(2, 1.0, 3), {0, 1, 1}), (1 + 0.75) / 2, 1e-12);
}

// Sequences of five codes, of which code 4 is never seen.
ContextTree random_tree(const TreeOptions& options) {
  ContextTree tree(options);
  std::uint64_t state = 5;
  Sequence sequence(6);
  for (int i = 0; i < 12; ++i) {
    for (std::int64_t& code : sequence)
      code = static_cast<std::int64_t>((state = state * 6364136223846793005ull + 1) >> 33) % 4;
    tree.add(sequence.data(), 6);
  }
  return tree;
}

TEST(ContextTree, EmptyIsUniform) {
  for (const double smoothing : {0.0, 1.0})
    for (const std::int64_t positions : {0, 3}) {
      const ContextTree tree({.codes = 4, .order = 3, .positions = positions, .smoothing = smoothing});
      EXPECT_NEAR(p(tree, {2, 1, 0}), 0.25, 1e-12);
    }
}

TEST(ContextTree, DistributionsAreTheProbabilitiesAndSumToOne) {
  const Sequence sequence = {3, 1, 4, 0, 0, 2};
  for (const std::int64_t order : {0, 1, 2, 3, 8})
    for (const std::int64_t positions : {0, 6})
      for (const double smoothing : {0.0, 0.3, 7.0}) {
        const ContextTree tree =
            random_tree({.codes = 5, .order = order, .positions = positions, .smoothing = smoothing});
        for (const std::int64_t position : {0, 1, 2, 5}) {
          std::vector<double> all(5);
          tree.distribution(sequence.data(), position, all.data());
          for (std::int64_t k = 0; k < 5; ++k) {
            Sequence with(sequence.begin(), sequence.begin() + position);
            with.push_back(k);
            EXPECT_NEAR(all[static_cast<std::size_t>(k)], p(tree, with), 1e-12);
          }
          EXPECT_NEAR(std::accumulate(all.begin(), all.end(), 0.0), 1.0, 1e-12) << order << " " << smoothing;
          EXPECT_EQ(all[4] == 0.0, smoothing == 0.0);
        }
      }
}

TEST(ContextTree, PassesThroughTheMatrixOfAllPairs) {
  const std::vector<double> weight = {0.1, 0.0, 0.3, 0.4, 0.2}, value = {0.5, 2.0, 0.0, 1.0, 0.7};
  for (const std::int64_t order : {0, 1})
    for (const std::int64_t positions : {0, 6})
      for (const double smoothing : {0.0, 0.3, 7.0}) {
        const ContextTree tree =
            random_tree({.codes = 5, .order = order, .positions = positions, .smoothing = smoothing});
        std::vector<double> forward(5), backward(5), want_forward(5), want_backward(5), row(5);
        tree.forward(3, weight.data(), forward.data());
        tree.backward(3, value.data(), backward.data());
        for (std::size_t c = 0; c < 5; ++c) {
          const Sequence before = {0, 0, static_cast<std::int64_t>(c)};
          tree.distribution(before.data(), 3, row.data());
          for (std::size_t k = 0; k < 5; ++k) {
            want_forward[k] += weight[c] * row[k];
            want_backward[c] += value[k] * row[k];
          }
        }
        for (std::size_t k = 0; k < 5; ++k) {
          EXPECT_NEAR(forward[k], want_forward[k], 1e-12) << order << " " << positions << " " << smoothing;
          EXPECT_NEAR(backward[k], want_backward[k], 1e-12) << order << " " << positions << " " << smoothing;
        }
        EXPECT_EQ(forward[4] == 0.0, smoothing == 0.0);
      }
}

}  // namespace
}  // namespace autodidact::markov
