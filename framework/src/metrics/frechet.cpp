#include "metrics/frechet.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "metrics/families.hpp"

namespace autodidact {
namespace {

// Singular values are exact where eigenvalues of the product are good to the root of rounding only (a constant feature
// gives 1e-8 instead of 0), but of wide square matrices they take several times as long.
constexpr std::int64_t kWide = 512;

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

std::vector<Outcome> fid(const at::Tensor& real, const at::Tensor& generated) {
  const std::int64_t n = std::min(real.size(0), generated.size(0)), width = real.size(1);
  if (n < 2) return {{kNone, "undefined", "fewer than 2 series"}};
  const double value = frechet_distance(real, generated);
  if (n > width) return {{value, "ok", ""}};
  return {{value, "degraded",
           std::to_string(n) + " series for " + std::to_string(width) +
               " features: covariances are singular, bias dominates"}};
}

void add_fid(const std::string& name, const Sets& features, const FloorRows& equal, const std::string& digest,
             Report& report) {
  const auto floor = compare_sets({name}, features, equal, "test", digest, fid, report);
  if (features.train.defined()) compare_sets({name + "/train"}, features, equal, "train", digest, fid, report, floor);
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
  const at::Tensor x = centred(a), y = centred(b);
  const auto variance = [](const at::Tensor& rows) {
    return rows.square().sum().item<double>() / static_cast<double>(rows.size(0) - 1);
  };
  const double shift = (a.to(at::kDouble).mean(0) - b.to(at::kDouble).mean(0)).square().sum().item<double>();
  const bool squares = std::min(x.size(0), y.size(0)) > x.size(1) && x.size(1) > kWide;
  const double root = squares ? root_trace_symmetric(x, y) : root_trace_nuclear(x, y);
  return shift + variance(x) + variance(y) - 2 * root;
}

void measure_frechet(const MeasureInput& input, const Seen& seen, const FloorRows& equal, Report& report) {
  if (seen.fcn.samples.defined()) add_fid("fid_fcn", seen.fcn, equal, input.fcn->digest, report);
  if (seen.rocket.samples.defined()) add_fid("fid_rocket", seen.rocket, equal, input.rocket.digest, report);
  if (seen.fcn_reconstruction.defined()) {
    const Sets rebuilt{seen.fcn.train, seen.fcn.test, seen.fcn_reconstruction};
    const FloorRows rows = floor_rows(rebuilt, input.seed, input.repeats);
    compare_sets({"fid_fcn_recon"}, rebuilt, rows, "test", input.fcn->digest, fid, report);
  }
  if (!seen.fcn.test.defined() || !input.test_y.defined()) return;
  Measurement& row = report.add("fcn_accuracy");
  row.value = input.fcn_test_accuracy;
  row.n_real = input.test_x.size(0);
  row.extractor = input.fcn->digest;
}

}  // namespace autodidact
