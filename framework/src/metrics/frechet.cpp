#include "metrics/frechet.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "metrics/families.hpp"
#include "metrics/random.hpp"

namespace autodidact {
namespace {

// Singular values are exact where eigenvalues of the product are good to the root of rounding only (a constant feature
// gives 1e-8 instead of 0), but of wide square matrices they take several times as long.
constexpr std::int64_t kWide = 512;
constexpr std::int64_t kNarrow = 128;  // directions that intervals look at

at::Tensor centred(const at::Tensor& features) {
  const at::Tensor x = features.to(at::kDouble);
  return x - x.mean(0, /*keepdim=*/true);
}

at::Tensor covariance_of(const at::Tensor& centred_rows) {
  return at::mm(centred_rows.t(), centred_rows) / static_cast<double>(centred_rows.size(0) - 1);
}

// R with R^T R = X^T X and at most D rows: singular values of products of such factors are those of the whole.
at::Tensor row_factor(const at::Tensor& rows) {
  return rows.size(0) <= rows.size(1) ? rows : std::get<1>(at::linalg_qr(rows, "r"));
}

// H (D, D) with H H^T = S: Cholesky, which costs a tenth of the eigenvectors, and these where S is singular.
at::Tensor square_root_factor(const at::Tensor& covariance) {
  const auto [factor, info] = at::linalg_cholesky_ex(covariance);
  if (info.item<int>() == 0) return factor;
  const auto [values, vectors] = at::linalg_eigh(covariance);
  return vectors * values.clamp_min(0).sqrt();
}

// |mu_a - mu_b|^2 + tr S_a + tr S_b - 2 root, the root from centred rows.
template <class Root>
double distance_by(const Root& root, const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor x = centred(a), y = centred(b);
  const auto variance = [](const at::Tensor& rows) {
    return rows.square().sum().item<double>() / static_cast<double>(rows.size(0) - 1);
  };
  const double shift = (a.to(at::kDouble).mean(0) - b.to(at::kDouble).mean(0)).square().sum().item<double>();
  return shift + variance(x) + variance(y) - 2 * root(x, y);
}

std::vector<Outcome> fid(const at::Tensor& real, const at::Tensor& generated) {
  const std::int64_t n = std::min(real.size(0), generated.size(0)), width = real.size(1);
  if (n < 2) return {{kNone, "undefined", "fewer than 2 series"}};
  const double value = frechet_distance(real, generated);
  if (n > width) return {{value, "ok", ""}};
  return {{value, "degraded",
           std::to_string(n) + " series for " + std::to_string(width) +
               " features: covariances are singular, bias dominates"}};
}

// The main directions (D, k) of rows, by two rounds of subspace iteration from a fixed start.
at::Tensor main_directions(const at::Tensor& rows, std::int64_t k) {
  Stream64 stream = stream_for(1, "main directions");
  const at::Tensor start = at::empty({rows.size(1), k}, at::kDouble);
  double* value = start.data_ptr<double>();
  for (std::int64_t i = 0; i < start.numel(); ++i) value[i] = draw_normal(stream);
  at::Tensor directions = start;
  for (int round = 0; round < 3; ++round)
    directions = std::get<0>(at::linalg_qr(at::mm(rows.t(), at::mm(rows, directions))));
  return directions;
}

// For intervals: of wide features in their kNarrow main directions, where all but little of the variance is.
std::vector<std::vector<double>> fid_on_subsets(const at::Tensor& real, const at::Tensor& generated,
                                                const std::vector<Subset>& subsets) {
  at::Tensor a = real.to(at::kDouble), b = generated.to(at::kDouble);
  if (a.size(1) > kNarrow) {
    const auto thinned = [](const at::Tensor& x) {
      return x.slice(0, 0, {}, std::max<std::int64_t>(1, x.size(0) / 1024));
    };
    const at::Tensor directions = main_directions(centred(at::cat({thinned(a), thinned(b)})), kNarrow);
    a = at::mm(a, directions);
    b = at::mm(b, directions);
  }
  std::vector<std::vector<double>> values;
  for (const Subset& subset : subsets) {
    const at::Tensor x = a.index_select(0, subset.real), y = b.index_select(0, subset.generated);
    const bool tall = std::min(x.size(0), y.size(0)) > x.size(1);
    values.push_back({tall ? distance_by(root_trace_symmetric, x, y) : distance_by(root_trace_nuclear, x, y)});
  }
  return values;
}

void add_fid(const std::string& name, const Sets& features, const FloorRows& equal, const std::string& digest,
             Report& report) {
  SetMeasure measure{{name}, fid};
  measure.extractor = digest;
  measure.on_subsets = fid_on_subsets;
  measure.most_numbers = 1 << 22;
  const auto floor = compare_sets(measure, features, equal, report);
  if (!floor.empty() && features.test.size(1) > kNarrow)
    append_note(report.last().note, "interval in the " + std::to_string(kNarrow) + " main directions of the features");
  if (!features.train.defined()) return;
  measure.names = {name + "/train"};
  measure.reference = "train";
  measure.interval = false;
  compare_sets(measure, features, equal, report, floor);
}

}  // namespace

Gaussian fit_gaussian(const at::Tensor& features) {
  return {features.to(at::kDouble).mean(0), covariance_of(centred(features))};
}

double root_trace_symmetric(const at::Tensor& a, const at::Tensor& b) {
  // S_a S_b has the eigenvalues of H^T S_b H = (B H)^T (B H) / (m - 1), which is symmetric.
  const at::Tensor product = covariance_of(at::mm(b, square_root_factor(covariance_of(a))));
  return at::linalg_eigvalsh(product).clamp_min(0).sqrt().sum().item<double>();
}

double root_trace_nuclear(const at::Tensor& a, const at::Tensor& b) {
  const double scale = std::sqrt(static_cast<double>(a.size(0) - 1) * static_cast<double>(b.size(0) - 1));
  return at::linalg_svdvals(at::mm(row_factor(a), row_factor(b).t())).sum().item<double>() / scale;
}

double frechet_distance(const at::Tensor& a, const at::Tensor& b) {
  const bool squares = std::min(a.size(0), b.size(0)) > a.size(1) && a.size(1) > kWide;
  return squares ? distance_by(root_trace_symmetric, a, b) : distance_by(root_trace_nuclear, a, b);
}

void measure_frechet(const MeasureInput& input, const Seen& seen, const FloorRows& equal, Report& report) {
  if (seen.fcn.samples.defined()) add_fid("fid_fcn", seen.fcn, equal, input.fcn->digest, report);
  if (seen.rocket.samples.defined()) add_fid("fid_rocket", seen.rocket, equal, input.rocket.digest, report);
  if (seen.minirocket.samples.defined())
    add_fid("fid_minirocket", seen.minirocket, equal, input.minirocket.digest, report);
  if (seen.fcn_reconstruction.defined()) {
    const Sets rebuilt{seen.fcn.train, seen.fcn.test, seen.fcn_reconstruction};
    SetMeasure measure{{"fid_fcn_recon"}, fid};
    measure.extractor = input.fcn->digest;
    measure.on_subsets = fid_on_subsets;
    measure.most_numbers = 1 << 22;
    compare_sets(measure, rebuilt, floor_rows(rebuilt, input.seed, input.repeats), report);
  }
  if (!seen.fcn.test.defined() || !input.test_y.defined()) return;
  Measurement& row = report.add("fcn_accuracy");
  row.value = input.fcn_test_accuracy;
  row.n_real = input.test_x.size(0);
  row.extractor = input.fcn->digest;
}

}  // namespace autodidact
