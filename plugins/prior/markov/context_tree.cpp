#include "context_tree.hpp"

#include <algorithm>
#include <numeric>

namespace autodidact::markov {

ContextTree::ContextTree(const TreeOptions& options)
    : options_(options),
      nodes_(static_cast<std::size_t>(std::max<std::int64_t>(1, options.positions))),
      children_(nodes_.size()) {}

std::size_t ContextTree::root(std::int64_t position) const {
  return options_.positions > 0 ? static_cast<std::size_t>(position) : 0;
}

// Whether a context of `back` tokens exists before a position; the start mark is the token at place -1.
bool ContextTree::reaches(std::int64_t position, std::int64_t back) const {
  return back <= options_.order && position - back >= (options_.positions > 0 ? 0 : -1);
}

std::int64_t ContextTree::symbol(const std::int64_t* sequence, std::int64_t position) const {
  return position < 0 ? options_.codes : sequence[position];
}

std::uint64_t ContextTree::edge(std::size_t node, std::int64_t symbol) const {
  return static_cast<std::uint64_t>(node) * static_cast<std::uint64_t>(options_.codes + 1) +
         static_cast<std::uint64_t>(symbol);
}

// The context one symbol longer, made where there is none.
std::size_t ContextTree::grow(std::size_t node, std::int64_t symbol) {
  const auto [found, fresh] = edges_.emplace(edge(node, symbol), nodes_.size());
  if (fresh) {
    if (node < children_.size()) children_[node].push_back({symbol, nodes_.size()});
    nodes_.emplace_back();
  }
  return found->second;
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
    std::size_t node = root(i);
    count(nodes_[node], sequence[i]);
    for (std::int64_t back = 1; reaches(i, back); ++back) {
      node = grow(node, symbol(sequence, i - back));
      count(nodes_[node], sequence[i]);
    }
  }
}

ContextTree::Path ContextTree::path(const std::int64_t* sequence, std::int64_t position) const {
  Path path;
  path.nodes[path.size++] = root(position);
  for (std::int64_t back = 1; reaches(position, back); ++back) {
    const auto found = edges_.find(edge(path.nodes[path.size - 1], symbol(sequence, position - back)));
    if (found == edges_.end()) break;
    path.nodes[path.size++] = found->second;
  }
  return path;
}

double ContextTree::probability(const std::int64_t* sequence, std::int64_t position) const {
  const Path path = this->path(sequence, position);
  const std::int64_t code = sequence[position];
  double p = 1.0 / static_cast<double>(options_.codes);
  for (std::size_t i = 0; i < path.size; ++i) {
    const Node& node = nodes_[path.nodes[i]];
    const double all = static_cast<double>(node.total) + options_.smoothing;
    if (all == 0.0) continue;  // nothing was counted at all
    const auto place = std::lower_bound(node.successors.begin(), node.successors.end(), code,
                                        [](const Successor& s, std::int64_t c) { return s.code < c; });
    const bool seen = place != node.successors.end() && place->code == code;
    p = ((seen ? static_cast<double>(place->count) : 0.0) + options_.smoothing * p) / all;
  }
  return p;
}

void ContextTree::distribution(const std::int64_t* sequence, std::int64_t position, double* out) const {
  const Path path = this->path(sequence, position);
  // The recursion unrolled from the longest context: `share` is what is left for shorter ones, so that the K codes
  // are walked once and each context adds what it has seen only.
  std::array<double, kMaxOrder + 1> weight{};  // of one count
  double share = 1.0;
  for (std::size_t i = path.size; i-- > 0;) {
    const double all = static_cast<double>(nodes_[path.nodes[i]].total) + options_.smoothing;
    if (all == 0.0) continue;
    weight[i] = share / all;
    share *= options_.smoothing / all;
  }
  std::fill(out, out + options_.codes, share / static_cast<double>(options_.codes));
  for (std::size_t i = 0; i < path.size; ++i)
    for (const Successor& s : nodes_[path.nodes[i]].successors) out[s.code] += weight[i] * static_cast<double>(s.count);
}

// Row c of the matrix is p0, what the empty context says, wherever c was not seen, else counts and a share of p0.
void ContextTree::forward(std::int64_t position, const double* weight, double* out) const {
  const std::size_t empty = root(position);
  const double s = options_.smoothing, all = static_cast<double>(nodes_[empty].total) + s;
  // The share of p0 is summed from what is not negative, so that what cannot occur stays exactly 0.
  std::copy(weight, weight + options_.codes, out);
  for (const Child& child : children_[empty])
    if (child.symbol < options_.codes) out[child.symbol] *= s / (static_cast<double>(nodes_[child.node].total) + s);
  const double to_p0 = std::accumulate(out, out + options_.codes, 0.0);
  const double base = all > 0.0 ? to_p0 * s / all : to_p0;
  std::fill(out, out + options_.codes, base / static_cast<double>(options_.codes));
  for (const Successor& next : nodes_[empty].successors)
    out[next.code] += to_p0 * static_cast<double>(next.count) / all;
  for (const Child& child : children_[empty]) {
    if (child.symbol >= options_.codes || weight[child.symbol] == 0.0) continue;
    const Node& node = nodes_[child.node];
    const double of_count = weight[child.symbol] / (static_cast<double>(node.total) + s);
    for (const Successor& next : node.successors) out[next.code] += of_count * static_cast<double>(next.count);
  }
}

void ContextTree::backward(std::int64_t position, const double* value, double* out) const {
  const std::size_t empty = root(position);
  const double s = options_.smoothing, all = static_cast<double>(nodes_[empty].total) + s;
  const auto counted = [&](const Node& node) {
    double sum = 0.0;
    for (const Successor& next : node.successors) sum += static_cast<double>(next.count) * value[next.code];
    return sum;
  };
  double mean = 0.0;
  for (std::int64_t k = 0; k < options_.codes; ++k) mean += value[k];
  mean /= static_cast<double>(options_.codes);
  const double of_p0 = all > 0.0 ? (counted(nodes_[empty]) + s * mean) / all : mean;
  std::fill(out, out + options_.codes, of_p0);
  for (const Child& child : children_[empty])
    if (child.symbol < options_.codes) {
      const Node& node = nodes_[child.node];
      out[child.symbol] = (counted(node) + s * of_p0) / (static_cast<double>(node.total) + s);
    }
}

}  // namespace autodidact::markov
