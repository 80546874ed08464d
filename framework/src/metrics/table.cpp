// Every measure: what `list measures` prints and where rows take version, unit and direction from. A name that ends in
// "/*" stands for itself and for everything below it. A change of a definition raises the version.
#include <string>
#include <vector>

#include "metrics/measure.hpp"

namespace autodidact {
namespace {

// name, summary, unit, direction, family, needs, rank_class, version
void add_generation(std::vector<MeasureInfo>& table) {
  const auto add = [&](const char* name, const char* summary, const char* unit, const char* direction,
                       const char* family, const char* needs, const char* rank) {
    table.push_back({name, summary, unit, direction, family, needs, rank, 1});
  };
  add("fid_fcn", "Frechet distance on features of the supervised FCN, samples against real test", "", "lower",
      "frechet", "samples, labels", "core");
  add("fid_fcn/train", "the same against real train: far below the value against test means memorising", "", "lower",
      "frechet", "samples, labels", "diagnostic");
  add("fid_rocket", "Frechet distance on 1000 fixed ROCKET kernels (PPV, max), rows L2-normalised, against real test",
      "", "lower", "frechet", "samples", "core");
  add("fid_rocket/train", "the same against real train", "", "lower", "frechet", "samples", "diagnostic");
  add("fid_fcn_recon", "Frechet distance of reconstructed test to real test: what any prior on these tokens can reach",
      "", "lower", "frechet", "labels", "extended");
  add("fcn_accuracy", "accuracy of the feature network on real test", "share", "none", "frechet", "labels",
      "diagnostic");
  add("is", "inception score of FCN probabilities, one part; floor: real test", "classes", "higher", "inception",
      "samples, labels", "core");
  add("is_10", "inception score in 10 consecutive parts, mean and std over them", "classes", "higher", "inception",
      "samples, labels", "extended");
  add("density", "real 5-NN balls around a sample, divided by 5; about 1 is ideal", "", "none", "prdc", "samples",
      "core");
  add("coverage", "share of real test series whose nearest sample lies in their 5-NN ball", "share", "higher", "prdc",
      "samples", "core");
  add("precision", "share of samples inside a real 5-NN ball", "share", "higher", "prdc", "samples", "extended");
  add("recall", "share of real test series inside a 5-NN ball of the samples", "share", "higher", "prdc", "samples",
      "extended");
  add("mdd", "marginal distribution difference (TSGBench): 50 bins over the real range of each step, float64",
      "1/value", "lower", "tsgbench", "samples", "core");
  add("acd", "autocorrelation difference (TSGBench): pooled, lags 0 to min(64, L) - 1, L2 norm", "", "lower",
      "tsgbench", "samples", "core");
  add("sd", "skewness difference (TSGBench): values pooled over series and time", "", "lower", "tsgbench", "samples",
      "core");
  add("kd", "kurtosis difference (TSGBench): values pooled over series and time", "", "lower", "tsgbench", "samples",
      "core");
  add("correlational", "difference of lag-0 correlations of channel pairs, summed, divided by 10; from two channels on",
      "", "lower", "correlation", "samples", "extended");
}

void add_tokenizer(std::vector<MeasureInfo>& table) {
  const auto add = [&](const char* name, const char* summary, const char* unit, const char* direction,
                       const char* family, const char* rank) {
    table.push_back({name, summary, unit, direction, family, "", rank, 1});
  };
  add("mse", "mean squared error of reconstructed test, per element in scaled units", "value^2", "lower",
      "reconstruction", "core");
  add("mae", "mean absolute error of reconstructed test", "value", "lower", "reconstruction", "core");
  add("stft_mse", "mean squared error of the STFT (n_fft 8, hop 2, Hann), over real and imaginary parts", "value^2",
      "lower", "reconstruction", "core");
  add("ed_recon", "Euclidean distance of test series and reconstruction, mean over channels and series", "value",
      "lower", "reconstruction", "extended");
  add("dtw_recon", "dynamic time warping distance of test series and reconstruction (dependent, no window)", "value",
      "lower", "reconstruction", "extended");
  add("perplexity/*", "exp of the entropy of the codes over a whole split; plain: test, /train: train", "codes",
      "higher", "codebook", "core");
  add("usage/*", "share of the codes that occur in a split", "share", "higher", "codebook", "core");
  add("dead_share/*", "share of the codes that never occur in a split", "share", "lower", "codebook", "diagnostic");
  add("perplexity_by_class/*", "perplexity over the test series of one class, mean over classes", "codes", "none",
      "codebook", "diagnostic");
  add("usage_by_class/*", "usage over the test series of one class, mean over classes", "share", "none", "codebook",
      "diagnostic");
  add("code_cosine/*", "mean |cosine| of different codes", "", "lower", "codebook", "diagnostic");
  add("code_pearson/*", "mean |correlation| of different codes", "", "lower", "codebook", "diagnostic");
}

// The SVM on quantised average-pooled features is primary, as published; the others show how much the choice moves.
void add_probes(std::vector<MeasureInfo>& table) {
  const std::pair<const char*, const char*> probes[] = {
      {"svm", "linear SVM (libsvm, C = 1, one-vs-one)"},
      {"knn", "5 nearest neighbours"},
      {"logistic", "multinomial logistic regression (L2, C by 5-fold cross-validation on train)"}};
  const std::pair<const char*, const char*> kinds[] = {
      {"quantised/avg", "average of the quantised latents"},
      {"quantised/avgmax", "average and maximum of the quantised latents"},
      {"continuous/avg", "average of the continuous latents"},
      {"continuous/avgmax", "average and maximum of the continuous latents"}};
  for (const auto& [probe, what] : probes)
    for (const auto& [kind, features] : kinds) {
      const std::string name = probe, on = std::string(" on the ") + features;
      const bool primary = name == "svm" && std::string(kind) == "quantised/avg";
      const std::string rank = primary ? "core" : "extended";
      table.push_back(
          {name + "/" + kind, what + (on + ": test accuracy"), "share", "higher", "probe", "labels", rank, 1});
      table.push_back({name + "_balanced/" + kind, what + (on + ": mean recall over classes"), "share", "higher",
                       "probe", "labels", "extended", 1});
    }
}

void add_prior(std::vector<MeasureInfo>& table) {
  table.push_back({"nll_masked/*", "mean -log p of masked test tokens at a fixed mask ratio, stored masks", "nat/token",
                   "lower", "prior", "prior with masked log-probabilities", "core", 1});
  table.push_back({"masked_accuracy/*", "share of masked test tokens that were the most likely ones", "share", "higher",
                   "prior", "prior with masked log-probabilities", "extended", 1});
  table.push_back({"nll_exact", "mean -log p of a whole test series; alone comparable across tokenizers", "nat/series",
                   "lower", "prior", "prior with exact likelihood", "core", 1});
}

}  // namespace

const std::vector<MeasureInfo>& measure_table() {
  static const std::vector<MeasureInfo> table = [] {
    std::vector<MeasureInfo> all;
    add_tokenizer(all);
    add_probes(all);
    add_prior(all);
    add_generation(all);
    return all;
  }();
  return table;
}

}  // namespace autodidact
