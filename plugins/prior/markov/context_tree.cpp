#include "context_tree.hpp"

#include <algorithm>

namespace autodidact::markov {

ContextTree::ContextTree(std::int64_t codes, std::int64_t order) : codes_(codes), order_(order), nodes_(1) {}

// The token at a place; K is the start mark at place -1.
std::int64_t ContextTree::symbol(const std::int64_t* sequence, std::int64_t position) const {
  return position < 0 ? codes_ : sequence[position];
}

std::uint64_t ContextTree::edge(std::size_t node, std::int64_t symbol) const {
  return static_cast<std::uint64_t>(node) * static_cast<std::uint64_t>(codes_ + 1) + static_cast<std::uint64_t>(symbol);
}

void ContextTree::count(Node& node, std::int64_t code) {
  ++node.total;
  const auto place = std::lower_bound(node.successors.begin(), node.successors.end(), code,
                                      [](const Successor& s, std::int64_t c) { return s.code < c; });
  if (place != node.successors.end() && place->code == code)
    ++place->count;
  else
    node.successors.insert(place, {code, 1});
}

void ContextTree::add(const std::int64_t* sequence, std::int64_t length) {
  for (std::int64_t i = 0; i < length; ++i) {
    std::size_t node = 0;
    count(nodes_[node], sequence[i]);
    for (std::int64_t back = 1; back <= order_ && i - back >= -1; ++back) {
      const auto [found, fresh] = edges_.emplace(edge(node, symbol(sequence, i - back)), nodes_.size());
      if (fresh) nodes_.emplace_back();
      node = found->second;
      count(nodes_[node], sequence[i]);
    }
  }
}

ContextTree::Path ContextTree::path(const std::int64_t* sequence, std::int64_t position) const {
  Path path;
  path.nodes[path.size++] = 0;
  for (std::int64_t back = 1; back <= order_ && position - back >= -1; ++back) {
    const auto found = edges_.find(edge(path.nodes[path.size - 1], symbol(sequence, position - back)));
    if (found == edges_.end()) break;
    path.nodes[path.size++] = found->second;
  }
  return path;
}

double ContextTree::probability(const std::int64_t* sequence, std::int64_t position, double smoothing) const {
  const Path path = this->path(sequence, position);
  const std::int64_t code = sequence[position];
  double p = 1.0 / static_cast<double>(codes_);
  for (std::size_t i = 0; i < path.size; ++i) {
    const Node& node = nodes_[path.nodes[i]];
    const double all = static_cast<double>(node.total) + smoothing;
    if (all == 0.0) continue;  // nothing was counted at all
    const auto place = std::lower_bound(node.successors.begin(), node.successors.end(), code,
                                        [](const Successor& s, std::int64_t c) { return s.code < c; });
    const bool seen = place != node.successors.end() && place->code == code;
    p = ((seen ? static_cast<double>(place->count) : 0.0) + smoothing * p) / all;
  }
  return p;
}

void ContextTree::distribution(const std::int64_t* sequence, std::int64_t position, double smoothing,
                               double* out) const {
  const Path path = this->path(sequence, position);
  // The recursion unrolled from the longest context: `share` is what is left for shorter ones, so that the K codes
  // are walked once and each context adds what it has seen only.
  std::array<double, kMaxOrder + 1> weight{};  // of one count
  double share = 1.0;
  for (std::size_t i = path.size; i-- > 0;) {
    const double all = static_cast<double>(nodes_[path.nodes[i]].total) + smoothing;
    if (all == 0.0) continue;
    weight[i] = share / all;
    share *= smoothing / all;
  }
  std::fill(out, out + codes_, share / static_cast<double>(codes_));
  for (std::size_t i = 0; i < path.size; ++i)
    for (const Successor& s : nodes_[path.nodes[i]].successors) out[s.code] += weight[i] * static_cast<double>(s.count);
}

}  // namespace autodidact::markov
