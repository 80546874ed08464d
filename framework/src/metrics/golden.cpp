// What the measures claim of the golden files: each function maps one group's inputs to the outputs it computes.
#include <ATen/ATen.h>

#include <string>

#include "autodidact/plugin/error.hpp"
#include "metrics/correlation.hpp"
#include "metrics/frechet.hpp"
#include "metrics/inception.hpp"
#include "metrics/measure.hpp"
#include "metrics/minirocket.hpp"
#include "metrics/mmd.hpp"
#include "metrics/pooled.hpp"
#include "metrics/prdc.hpp"
#include "metrics/probe.hpp"
#include "metrics/reconstruction.hpp"
#include "metrics/rocket.hpp"
#include "metrics/tsgbench.hpp"

namespace autodidact {
namespace {

const at::Tensor& input(const GoldenCase& group, const std::string& name) {
  const auto found = group.inputs.find(name);
  if (found == group.inputs.end()) throw DataError("golden group '" + group.name + "' has no input '" + name + "'");
  return found->second;
}

at::Tensor scalar(double value) { return at::scalar_tensor(value, at::kDouble); }

// (N, L, C) as stored -> (N, C, L)
at::Tensor series(const GoldenCase& group, const std::string& name) {
  return input(group, name).to(at::kDouble).transpose(1, 2).contiguous();
}

GoldenResult golden_fid(const GoldenCase& group) {
  const at::Tensor &a = input(group, "features1"), &b = input(group, "features2");
  const Gaussian first = fit_gaussian(a), second = fit_gaussian(b);
  const at::Tensor fid = scalar(frechet_distance(a, b));
  return {{"fid", fid},         {"fid_pytorch_fid", fid},     {"fid_symmetric_eigen_check", fid}, {"mu1", first.mean},
          {"mu2", second.mean}, {"sigma1", first.covariance}, {"sigma2", second.covariance}};
}

GoldenResult golden_inception(const GoldenCase& group) {
  const SplitScore score = inception_score(input(group, "probabilities"), group.integer("n_split"));
  return {{"is_mean", scalar(score.mean)}, {"is_std", scalar(score.std)}};
}

GoldenResult golden_tsgbench(const GoldenCase& group) {
  const at::Tensor real = series(group, "real"), made = series(group, "generated");
  const std::int64_t lags = autocorrelation_lags(real.size(2));
  const at::Tensor mdd = marginal_distance(real, made, /*skip_constant=*/false).components.mean();
  const at::Tensor skew_real = skewness(real), skew_made = skewness(made);
  const at::Tensor kurt_real = kurtosis(real), kurt_made = kurtosis(made);
  const std::int64_t pairs = group.integer("dtw_pairs_used");
  const at::Tensor dtw = dtw_distances(real.narrow(0, 0, pairs), made.narrow(0, 0, pairs));
  return {{"mdd_float64_bins", mdd},
          {"acd", autocorrelation_difference(real, made).mean()},
          {"acf_real", autocorrelation(real, lags)},
          {"acf_generated", autocorrelation(made, lags)},
          {"skewness_real", skew_real},
          {"skewness_generated", skew_made},
          {"sd", (skew_made - skew_real).abs().mean()},
          {"kurtosis_real", kurt_real},
          {"kurtosis_generated", kurt_made},
          {"kd", (kurt_made - kurt_real).abs().mean()},
          {"ed", euclidean_distances(real, made).mean()},
          {"dtw_pairs", dtw},
          {"dtw_first", dtw.mean()}};
}

GoldenResult golden_prdc(const GoldenCase& group) {
  const Prdc found = prdc(input(group, "real"), input(group, "generated"), group.integer("nearest_k"));
  return {{"precision", scalar(found.precision)}, {"recall", scalar(found.recall)},
          {"density", scalar(found.density)},     {"coverage", scalar(found.coverage)},
          {"real_radii", found.real_radii},       {"generated_radii", found.generated_radii}};
}

GoldenResult golden_probe(const GoldenCase& group) {
  const at::Tensor train_y = input(group, "train_y").to(at::kLong), test_y = input(group, "test_y").to(at::kLong);
  const std::int64_t classes = train_y.max().item<std::int64_t>() + 1;
  const ScaledFeatures scaled = scale_features(input(group, "train_x"), input(group, "test_x"));
  const at::Tensor nearest = knn_predict(scaled.train, train_y, scaled.test, classes, 5);
  const at::Tensor linear = svm_predict(scaled.train, train_y, scaled.test, classes);
  return {{"knn_predictions", nearest},
          {"knn_accuracy", scalar(accuracy(nearest, test_y))},
          {"svm_accuracy", scalar(accuracy(linear, test_y))}};
}

// The stored kernels: weights one after another, everything for one channel.
RocketBank stored_bank(const GoldenCase& group) {
  const at::Tensor lengths = input(group, "lengths").to(at::kLong), dilations = input(group, "dilations").to(at::kLong);
  const at::Tensor paddings = input(group, "paddings").to(at::kLong), biases = input(group, "biases").to(at::kDouble);
  const at::Tensor weights = input(group, "weights_concatenated").to(at::kDouble).contiguous();
  const double* next = weights.const_data_ptr<double>();
  RocketBank bank;
  for (std::int64_t k = 0; k < lengths.size(0); ++k) {
    RocketKernel kernel;
    kernel.length = lengths[k].item<std::int64_t>();
    kernel.dilation = dilations[k].item<std::int64_t>();
    kernel.padding = paddings[k].item<std::int64_t>();
    kernel.bias = biases[k].item<double>();
    kernel.channels = {0};
    kernel.weights.assign(next, next + kernel.length);
    next += kernel.length;
    bank.push_back(kernel);
  }
  return bank;
}

GoldenResult golden_rocket(const GoldenCase& group) {
  const at::Tensor features = rocket_features(stored_bank(group), input(group, "series").unsqueeze(1));
  return {{"features", features}, {"features_l2_normalised", l2_rows(features)}};
}

GoldenResult golden_gaussian_mmd(const GoldenCase& group) {
  const at::Tensor x = input(group, "x").flatten(1), y = input(group, "y").flatten(1);
  return {{"mmd2_biased", scalar(gaussian_mmd2(x, y, group.real("length_scale")))}};
}

GoldenResult golden_kernel_distance(const GoldenCase& group) {
  const KernelDistance found = kernel_distance(input(group, "x"), input(group, "y"));
  return {{"mmd2_unbiased", scalar(found.mmd2)}, {"variance_estimate", scalar(found.variance)}};
}

GoldenResult golden_correlational(const GoldenCase& group) {
  const at::Tensor real = series(group, "real"), made = series(group, "generated");
  return {{"score", scalar(correlational_score(real, made))},
          {"cross_correlation_real", cross_correlations(real)},
          {"cross_correlation_generated", cross_correlations(made)}};
}

GoldenResult golden_pooled(const GoldenCase& group) {  // stored as (N, 1, L)
  const at::Tensor &real = input(group, "real"), &made = input(group, "generated");
  return {{"mdd_kde", scalar(mdd_kde(real, made))},
          {"acd_raw", scalar(acd_raw(real, made))},
          {"sd_pooled", scalar(sd_pooled(real, made))},
          {"kd_pooled", scalar(kd_pooled(real, made))}};
}

GoldenResult golden_minirocket(const GoldenCase& group) {
  MiniRocketBank bank;
  const auto integers = [&](const char* name) {
    const at::Tensor values = input(group, name).to(at::kLong).contiguous();
    return std::vector<std::int64_t>(values.const_data_ptr<std::int64_t>(),
                                     values.const_data_ptr<std::int64_t>() + values.numel());
  };
  bank.dilations = integers("dilations");
  bank.per_kernel = integers("num_features_per_dilation");
  const at::Tensor biases = input(group, "biases").to(at::kFloat).contiguous();
  bank.biases.assign(biases.const_data_ptr<float>(), biases.const_data_ptr<float>() + biases.numel());
  return {{"features", minirocket_features(bank, input(group, "series").unsqueeze(1))}};
}

const GoldenEntry kEntries[] = {
    {"metrics_fid", "*", &golden_fid},
    {"metrics_inception_score", "*", &golden_inception},
    {"metrics_tsgbench", "*", &golden_tsgbench},
    {"metrics_prdc", "*", &golden_prdc},
    {"metrics_probe", "*", &golden_probe},
    {"features_rocket", "rocket_*", &golden_rocket},
    {"features_rocket", "minirocket_*", &golden_minirocket},
    {"metrics_mmd", "gaussian_*", &golden_gaussian_mmd},
    {"metrics_mmd", "polynomial_*", &golden_kernel_distance},
    {"metrics_correlational", "*", &golden_correlational},
    {"metrics_timevqvae_stats", "*", &golden_pooled},
};

}  // namespace

std::span<const GoldenEntry> host_golden() { return kEntries; }

}  // namespace autodidact
