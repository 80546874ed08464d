// Linear evaluation by multinomial logistic regression: min_W mean_i -log softmax(W x_i)_{y_i} + |W|^2 / (2 C n), the
// intercept free. The objective is scikit-learn's divided by C n.
#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "metrics/lbfgs.hpp"
#include "metrics/probe.hpp"

namespace autodidact {
namespace {

constexpr double kCandidates[] = {0.01, 0.1, 1, 10, 100};
constexpr std::int64_t kFolds = 5;
constexpr LbfgsSettings kSearch{12, 200, 1e-4};
constexpr LbfgsSettings kFinal{12, 1000, 1e-6};

struct Problem {
  at::Tensor x;        // (n, F + 1), last column ones
  at::Tensor one_hot;  // (n, K)
};

at::Tensor with_ones(const at::Tensor& x) { return at::cat({x, at::ones({x.size(0), 1}, x.options())}, 1); }

at::Tensor fit(const Problem& problem, double c, const at::Tensor& start, const LbfgsSettings& settings) {
  const std::int64_t n = problem.x.size(0), width = problem.x.size(1), classes = problem.one_hot.size(1);
  const double penalty = 1.0 / (c * static_cast<double>(n)), share = 1.0 / static_cast<double>(n);
  const at::Tensor transposed = problem.x.t();
  const Objective64 objective = [&](const at::Tensor& point, at::Tensor& gradient) {
    const at::Tensor weights = point.view({width, classes});
    const at::Tensor log_p = at::log_softmax(at::mm(problem.x, weights), 1);
    const at::Tensor penalised = weights.narrow(0, 0, width - 1);
    const double value = -at::dot(log_p.flatten(), problem.one_hot.flatten()).item<double>() * share +
                         0.5 * penalty * penalised.square().sum().item<double>();
    at::Tensor slope = at::mm(transposed, log_p.exp_().sub_(problem.one_hot)).mul_(share);
    slope.narrow(0, 0, width - 1).add_(penalised, penalty);
    gradient = slope.flatten();
    return value;
  };
  return minimise(objective, start, settings);
}

at::Tensor predict(const at::Tensor& x, const at::Tensor& weights, std::int64_t classes) {
  return at::mm(x, weights.view({x.size(1), classes})).argmax(1);
}

// Fold of each row: every class is dealt out in turn, so that all folds have all classes where there are rows enough.
at::Tensor folds_of(const at::Tensor& labels) {
  const at::Tensor order = std::get<1>(labels.sort(/*stable=*/true, 0, /*descending=*/false));
  const at::Tensor fold = at::empty_like(labels);
  fold.index_put_({order}, at::arange(labels.size(0), at::kLong).remainder(kFolds));
  return fold;
}

// The C with the most held-out rows right; the smaller C of equals.
double choose_c(const Problem& all, const at::Tensor& labels) {
  const std::int64_t classes = all.one_hot.size(1);
  const at::Tensor fold = folds_of(labels);
  std::vector<std::int64_t> right(std::size(kCandidates), 0);
  for (std::int64_t f = 0; f < kFolds; ++f) {
    const at::Tensor kept = fold.ne(f).nonzero().flatten(), held = fold.eq(f).nonzero().flatten();
    if (held.numel() == 0 || kept.numel() == 0) continue;
    const Problem part{all.x.index_select(0, kept), all.one_hot.index_select(0, kept)};
    const at::Tensor held_x = all.x.index_select(0, held), held_y = labels.index_select(0, held);
    at::Tensor weights = at::zeros({all.x.size(1) * classes}, at::kDouble);
    for (std::size_t i = 0; i < std::size(kCandidates); ++i) {
      weights = fit(part, kCandidates[i], weights, kSearch);  // from the solution of the C before
      right[i] += predict(held_x, weights, classes).eq(held_y).sum().item<std::int64_t>();
    }
  }
  std::size_t best = 0;
  for (std::size_t i = 1; i < right.size(); ++i)
    if (right[i] > right[best]) best = i;
  return kCandidates[best];
}

}  // namespace

LogisticResult logistic_predict(const at::Tensor& train, const at::Tensor& labels, const at::Tensor& test,
                                std::int64_t n_classes) {
  const Problem problem{with_ones(train), at::one_hot(labels, n_classes).to(at::kDouble)};
  const double c = choose_c(problem, labels);
  const at::Tensor start = at::zeros({problem.x.size(1) * n_classes}, at::kDouble);
  const at::Tensor weights = fit(problem, c, start, kFinal);
  return {predict(with_ones(test), weights, n_classes), c};
}

}  // namespace autodidact
