#include "metrics/lbfgs.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <vector>

namespace autodidact {
namespace {

double product(const at::Tensor& a, const at::Tensor& b) { return at::dot(a, b).item<double>(); }

// The last steps and changes of the gradient (Nocedal and Wright, algorithm 7.4).
class History {
 public:
  explicit History(int size) : size_(static_cast<std::size_t>(size)) {}

  void add(const at::Tensor& step, const at::Tensor& change) {
    const double curvature = product(step, change);
    if (!(curvature > 1e-12 * product(change, change))) return;  // keeps the model positive definite
    if (pairs_.size() == size_) pairs_.pop_front();
    pairs_.push_back({step, change, 1.0 / curvature});
  }

  at::Tensor direction(const at::Tensor& gradient) const {
    at::Tensor q = gradient.clone();
    std::vector<double> alpha(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      alpha[i] = pairs_[i].rho * product(pairs_[i].step, q);
      q.sub_(pairs_[i].change, alpha[i]);
    }
    if (!pairs_.empty()) q.mul_(1.0 / (pairs_.back().rho * product(pairs_.back().change, pairs_.back().change)));
    for (std::size_t i = 0; i < pairs_.size(); ++i)
      q.add_(pairs_[i].step, alpha[i] - pairs_[i].rho * product(pairs_[i].change, q));
    return q.neg_();
  }

  void clear() { pairs_.clear(); }
  bool empty() const { return pairs_.empty(); }

 private:
  struct Pair {
    at::Tensor step, change;
    double rho;
  };
  std::size_t size_;
  std::deque<Pair> pairs_;
};

}  // namespace

at::Tensor minimise(const Objective64& objective, const at::Tensor& start, const LbfgsSettings& settings) {
  at::Tensor point = start.clone(), gradient;
  double value = objective(point, gradient);
  History history(settings.memory);
  for (int iteration = 0; iteration < settings.iterations; ++iteration) {
    if (gradient.abs().max().item<double>() <= settings.gradient) break;
    const at::Tensor direction = history.direction(gradient);
    const double slope = product(direction, gradient);
    if (!(slope < 0)) {  // rounding has spoilt the model: start again from the gradient
      if (history.empty()) break;
      history.clear();
      continue;
    }
    double length = history.empty() ? std::min(1.0, 1.0 / std::sqrt(-slope)) : 1.0;
    at::Tensor next, next_gradient;
    double next_value = value;
    bool found = false;
    for (int trial = 0; trial < 30 && !found; ++trial, length *= 0.5) {
      next = point + direction * length;
      next_value = objective(next, next_gradient);
      found = next_value <= value + 1e-4 * length * slope;
    }
    if (!found) {
      if (history.empty()) break;
      history.clear();
      continue;
    }
    history.add(next - point, next_gradient - gradient);
    point = next;
    gradient = next_gradient;
    value = next_value;
  }
  return point;
}

}  // namespace autodidact
