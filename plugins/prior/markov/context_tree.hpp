// Smoothed n-gram counts of one alphabet: D. J. C. MacKay, L. C. Bauman Peto, "A hierarchical Dirichlet language
// model", Natural Language Engineering 1(3), 1995, 289-308, its predictive distribution from the shortest context to
// the longest:
//
//   p(k | c) = (n(c, k) + s p(k | c')) / (n(c) + s),   c' = c without its oldest token,   p(k | nothing) = 1 / K.
//
// Each line is a Dirichlet posterior mean around the line before, so every p(. | c) sums to 1, and a context that was
// never seen has n(c) = 0 and answers as its longest known end. With s = 0 the longest context that was seen decides
// alone. All positions share their counts, and a sequence starts behind a start mark, the oldest token that a context
// can hold; or every position has counts of its own, which makes the mark superfluous.
//
// differs: s is one number for all lengths, given by the user; the paper estimates one for each from the data. Counts
// by position are ours.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace autodidact::markov {

inline constexpr std::int64_t kMaxOrder = 8;

struct TreeOptions {
  std::int64_t codes = 2;      // K
  std::int64_t order = 1;      // in [0, kMaxOrder]: a context is that many tokens before, or all there are
  std::int64_t positions = 0;  // length of the sequences where each position has its own counts; 0: shared counts
  double smoothing = 1.0;      // s
};

class ContextTree {
 public:
  explicit ContextTree(const TreeOptions& options);

  void add(const std::int64_t* sequence, std::int64_t length);  // counts every token of one sequence

  // p(sequence[position] | the tokens before it).
  double probability(const std::int64_t* sequence, std::int64_t position) const;
  // p(. | the tokens before sequence[position]) into out[0, K); sequence[position] itself is not read.
  void distribution(const std::int64_t* sequence, std::int64_t position, double* out) const;

  // For order 0 and 1, at a position above 0, with c the token before it: what passes through the K x K matrix p(k |
  // c), in the time of the pairs that were seen. out(k) = sum_c weight(c) p(k | c), for weights that sum to 1.
  void forward(std::int64_t position, const double* weight, double* out) const;
  // out(c) = sum_k p(k | c) value(k).
  void backward(std::int64_t position, const double* value, double* out) const;

 private:
  struct Successor {
    std::int64_t code;
    std::int64_t count;
  };
  struct Node {                         // a context
    std::int64_t total = 0;             // n(c)
    std::vector<Successor> successors;  // n(c, k) > 0, by code
  };
  struct Child {
    std::int64_t symbol;
    std::size_t node;
  };
  // Nodes of the contexts of lengths 0, 1, ... before a position, as far as they were seen.
  struct Path {
    std::array<std::size_t, kMaxOrder + 1> nodes;
    std::size_t size = 0;
  };
  std::size_t root(std::int64_t position) const;
  bool reaches(std::int64_t position, std::int64_t back) const;
  std::int64_t symbol(const std::int64_t* sequence, std::int64_t position) const;
  std::uint64_t edge(std::size_t node, std::int64_t symbol) const;
  std::size_t grow(std::size_t node, std::int64_t symbol);
  Path path(const std::int64_t* sequence, std::int64_t position) const;
  static void count(Node& node, std::int64_t code);

  TreeOptions options_;
  std::vector<Node> nodes_;                               // first the empty contexts
  std::unordered_map<std::uint64_t, std::size_t> edges_;  // context and next older symbol -> longer context
  std::vector<std::vector<Child>> children_;              // of the empty contexts
};

}  // namespace autodidact::markov
