// Measures of what is generated.
#include "metrics/table.hpp"

namespace autodidact {
namespace {

constexpr const char* kReal = "real train against real test at n_f, halves of test";

void add_features(MeasureTable& add) {
  add.family("frechet", "Heusel et al. 2017, arXiv 1706.08500");
  add("fid_fcn", "lower", "core", "", "samples, labels", kReal,
      "Frechet distance on features of the supervised FCN, samples against real test; blind to copies of training "
      ""
      "series and to wrong labels");
  add("fid_fcn/train", "lower", "diagnostic", "", "samples, labels", kReal,
      "the same against real train: far below the value against test means memorising");
  add("fid_rocket", "lower", "core", "", "samples", kReal,
      "Frechet distance on 1000 fixed ROCKET kernels (PPV, max), rows L2-normalised, against real test; values "
      "are tiny; blind to wrong labels, nearly to copies of training series");
  add("fid_rocket/train", "lower", "diagnostic", "", "samples", kReal, "the same against real train");
  add("fid_minirocket", "lower", "extended", "", "samples", kReal,
      "Frechet distance on MiniRocket's 84 kernels with 1008 biases from real train, against real test; blind to "
      "wrong labels");
  add("fid_minirocket/train", "lower", "diagnostic", "", "samples", kReal, "the same against real train");
  add("fid_fcn_recon", "lower", "extended", "", "labels", kReal,
      "Frechet distance of reconstructed test to real test: what any prior on these tokens can reach");
  add("fid_fcn_by_class", "lower", "extended", "", "conditional samples, labels", "train against test, class by class",
      "Frechet distance of conditional samples to real test within each class, mean over classes");
  add("fcn_accuracy", "none", "diagnostic", "share", "labels", "none", "accuracy of the feature network on real test");
  add.family("inception", "Salimans et al. 2016, arXiv 1606.03498");
  add("is", "higher", "core", "classes", "samples, labels", "real test at equal counts",
      "inception score of FCN probabilities, one part; sees no real data, blind to collapse within a class and to "
      ""
      "wrong labels");
  add("is_10", "higher", "extended", "classes", "samples, labels", "none",
      "inception score in 10 consecutive parts, mean and std over them");
  add.family("prdc", "Naeem et al. 2020, arXiv 2002.09797; Kynkaanniemi et al. 2019, arXiv 1904.06991");
  add("density", "none", "core", "", "samples", kReal,
      "real 5-NN balls around a sample, divided by 5; about 1 is ideal; blind to a missing class, copies of "
      "training series and wrong labels");
  add("coverage", "higher", "core", "share", "samples", kReal,
      "share of real test series whose nearest sample lies in their 5-NN ball; blind to wrong labels, nearly to "
      "copies of training series");
  add("precision", "higher", "extended", "share", "samples", kReal,
      "share of samples inside a real 5-NN ball; blind to a missing class and to wrong labels");
  add("recall", "higher", "extended", "share", "samples", kReal,
      "share of real test series inside a 5-NN ball of the samples; blind to wrong labels");
  add.family("discrepancy", "Binkowski et al. 2018, arXiv 1801.01401; Gretton et al. 2012");
  add("kid", "lower", "extended", "", "samples", kReal,
      "kernel distance, cubic polynomial on FCN features (ROCKET without labels), unbiased, may be negative; "
      "blind to copies of training series and to wrong labels");
  add("mmd", "lower", "extended", "", "samples", kReal,
      "squared Gaussian MMD of whole series, length scale the median distance of training series; blind to copies "
      ""
      "of training series and to wrong labels");
}

void add_series(MeasureTable& add) {
  add.family("tsgbench", "Ang et al. 2023, arXiv 2309.03755");
  add("mdd", "lower", "core", "1/value", "samples", kReal,
      "marginal distribution difference (TSGBench): 50 bins over the real range of each step; drops what is "
      "outside, and says how much; blind to wrong labels");
  add("acd", "lower", "core", "", "samples", kReal,
      "autocorrelation difference (TSGBench): pooled, lags 0 to min(64, L) - 1, L2 norm; blind to amplitude, "
      "copies of training series and wrong labels");
  add("sd", "lower", "core", "", "samples", kReal,
      "skewness difference (TSGBench): values pooled over series and time, so blind to their order, and to "
      "amplitude, copies of training series and wrong labels");
  add("kd", "lower", "core", "", "samples", kReal,
      "kurtosis difference (TSGBench): values pooled over series and time, so blind to their order, and to "
      "amplitude and wrong labels");
  add.family("pooled", "Lee et al. 2023, arXiv 2303.04743: their own forms");
  add("mdd_kde", "lower", "extended", "1/value", "samples", kReal,
      "difference of kernel density estimates of all values pooled, on 100 points; blind to order in time, copies "
      "of training series and wrong labels");
  add("acd_raw", "lower", "extended", "value^2", "samples", kReal,
      "difference of autocorrelations that are neither centred nor normalised: grows with length and scale; blind "
      "to wrong labels");
  add("sd_pooled", "lower", "extended", "", "samples", kReal,
      "skewness difference, biased moments over everything pooled; blind to order in time, amplitude, copies of "
      "training series and wrong labels");
  add("kd_pooled", "lower", "extended", "", "samples", kReal,
      "kurtosis difference, biased moments over everything pooled; blind to order in time, amplitude and wrong "
      "labels");
  add.family("correlation", "Ni et al. 2020, arXiv 2006.05421");
  add("correlational", "lower", "extended", "", "samples, two channels", kReal,
      "difference of lag-0 correlations of channel pairs, summed, divided by 10");
  add.family("memorisation", "Meehan et al. 2020, arXiv 2004.05675: nearest neighbours");
  add("memorisation", "none", "core", "", "samples", "half of test in place of the samples, at equal counts",
      "distance to the nearest training series over that to the nearest test series, at equal counts; about 1 is "
      "ideal, below 1 repeats training series; blind to most else");
  add("copy_share", "lower", "core", "share", "samples", "test in place of the samples",
      "share of samples within a tenth of the usual distance between neighbours in train of a training series; "
      "blind to all else");
}

void add_labelled(MeasureTable& add) {
  add.family("conditional", "Shmelkov et al. 2018, arXiv 1807.09499");
  add("conditional_accuracy", "higher", "core", "share", "conditional samples, labels", "real test",
      "share of conditional samples that the feature network takes for the class they were asked to be; nearly "
      "blind to copies of training series");
  add.family("cas", "Ravuri and Vinyals 2019, arXiv 1905.10887; Esteban et al. 2017, arXiv 1706.02633");
  add("cas", "higher", "core", "share", "conditional samples, labels, evaluation.cas_repeats", "cas_trtr",
      "accuracy on real test of a classifier trained on conditional samples (TSTR)");
  add("cas_ratio", "higher", "core", "", "conditional samples, labels, evaluation.cas_repeats", "1",
      "that over the accuracy of the same classifier trained on real train (TSTR / TRTR), seed by seed");
  add("cas_balanced", "higher", "extended", "share", "conditional samples, labels, evaluation.cas_repeats",
      "TRTR likewise", "mean recall over classes in place of accuracy");
  add("cas_trtr", "none", "diagnostic", "share", "labels, evaluation.cas_repeats", "none",
      "accuracy on real test of the classifier trained on real train, once per dataset");
  add("cas_trts", "higher", "extended", "share", "conditional samples, labels, evaluation.cas_repeats", "cas_trtr",
      "accuracy on conditional samples of the classifier trained on real train");
  add.family("recurrent", "Yoon et al. 2019 (TimeGAN)");
  add("ds_star", "lower", "extended", "", "samples", "real train in place of the samples",
      "discriminative score |accuracy - 1/2| of a GRU of max(8, 4 C) units, real test against samples")
      .trained = true;
  add("ps_star", "lower", "extended", "value", "samples", "real train in place of the samples",
      "predictive score: error on real test of a GRU of 16 units that learnt one step ahead from samples, in [0, "
      "1] of the real range")
      .trained = true;
}

}  // namespace

void add_generation(MeasureTable& add) {
  add_features(add);
  add_series(add);
  add_labelled(add);
  add.family("tokens", "Jensen-Shannon divergence: Lin 1991");
  add("token_divergence/*", "lower", "extended", "nat", "samples of a prior", kReal,
      "Jensen-Shannon divergence of runs of 1, 2 and 3 tokens in row-major order, generated against real test");
  add("code_coverage/*", "higher", "extended", "share", "samples of a prior", kReal,
      "share of the codes in real test tokens that occur in generated ones");
}

}  // namespace autodidact
