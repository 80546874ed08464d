// Smoothed n-gram counts of one alphabet: D. J. C. MacKay, L. C. Bauman Peto, "A hierarchical Dirichlet language model",
// Natural Language Engineering 1(3), 1995, 289-308, its predictive distribution from the shortest context to the longest:
//
//   p(k | c) = (n(c, k) + s p(k | c')) / (n(c) + s),   c' = c without its oldest token,   p(k | nothing shorter) = 1 / K.
//
// Each line is a Dirichlet posterior mean around the line before, so every p(. | c) sums to 1, and a context that was
// never seen has n(c) = 0 and answers as its longest known end. With s = 0 the longest context that was seen decides
// alone. A sequence starts behind a start mark, the oldest token that a context can hold.
// differs: s is one number for all lengths, given by the user; the paper estimates one for each from the data.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace autodidact::markov {

inline constexpr std::int64_t kMaxOrder = 8;

class ContextTree {
 public:
  // `order` m in [0, kMaxOrder]: a context is the m tokens before, or all there are with the start mark.
  ContextTree(std::int64_t codes, std::int64_t order);

  void add(const std::int64_t* sequence, std::int64_t length);  // counts every token of one sequence

  // p(sequence[position] | the tokens before it).
  double probability(const std::int64_t* sequence, std::int64_t position, double smoothing) const;
  // p(. | the tokens before sequence[position]) into out[0, K); sequence[position] itself is not read.
  void distribution(const std::int64_t* sequence, std::int64_t position, double smoothing, double* out) const;

 private:
  struct Successor {
    std::int64_t code;
    std::int64_t count;
  };
  struct Node {                          // a context
    std::int64_t total = 0;              // n(c)
    std::vector<Successor> successors;   // n(c, k) > 0, by code
  };
  // Nodes of the contexts of lengths 0, 1, ... before a position, as far as they were seen.
  struct Path {
    std::array<std::size_t, kMaxOrder + 1> nodes;
    std::size_t size = 0;
  };
  std::int64_t symbol(const std::int64_t* sequence, std::int64_t position) const;
  std::uint64_t edge(std::size_t node, std::int64_t symbol) const;
  Path path(const std::int64_t* sequence, std::int64_t position) const;
  static void count(Node& node, std::int64_t code);

  std::int64_t codes_, order_;
  std::vector<Node> nodes_;                               // the first is the empty context
  std::unordered_map<std::uint64_t, std::size_t> edges_;  // context and next older symbol -> longer context
};

}  // namespace autodidact::markov
