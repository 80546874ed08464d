// Every measure: what `list measures` prints and where rows take version, unit and direction from. A name that ends in
// "/*" stands for itself and for everything below it. A change of a definition raises the version.
#include "metrics/table.hpp"

#include <string>
#include <utility>
#include <vector>

namespace autodidact {
namespace {

void add_tokenizer(MeasureTable& add) {
  add.family("reconstruction", "van den Oord et al. 2017, arXiv 1711.00937; time: Sakoe and Chiba 1978");
  add("mse", "lower", "core", "value^2", "", "none",
      "mean squared error of reconstructed test, per element in scaled units");
  add("mae", "lower", "core", "value", "", "none", "mean absolute error of reconstructed test");
  add("stft_mse", "lower", "core", "value^2", "", "none",
      "mean squared error of the STFT (n_fft 8, hop 2, Hann), over real and imaginary parts");
  add("ed_recon", "lower", "extended", "value", "", "none",
      "Euclidean distance of test series and reconstruction, mean over channels and series");
  add("dtw_recon", "lower", "extended", "value", "", "none",
      "dynamic time warping distance of test series and reconstruction (dependent, no window)");
  add.family("codebook", "van den Oord et al. 2017, arXiv 1711.00937");
  add("perplexity/*", "higher", "core", "codes", "", "none",
      "exp of the entropy of the codes over a whole split; plain: test, /train: train; of several streams their "
      "geometric "
      "mean, weighted by tokens");
  add("usage/*", "higher", "core", "share", "", "none", "share of the codes that occur in a split");
  add("dead_share/*", "lower", "diagnostic", "share", "", "none", "share of the codes that never occur in a split");
  add("perplexity_by_class/*", "none", "diagnostic", "codes", "labels", "none",
      "perplexity over the test series of one class, mean over classes");
  add("usage_by_class/*", "none", "diagnostic", "share", "labels", "none",
      "usage over the test series of one class, mean over classes");
  add("code_cosine/*", "lower", "diagnostic", "", "", "none", "mean |cosine| of different codes");
  add("code_pearson/*", "lower", "diagnostic", "", "", "none", "mean |correlation| of different codes");
}

// The SVM on quantised average-pooled features is primary, as published; the others show how much the choice moves. The
// ones in core are those of the leaderboard.
void add_probes(MeasureTable& add) {
  add.family("probe", "linear evaluation: Chen et al. 2020, arXiv 2002.05709");
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
      const bool shown = (name != "logistic" && std::string(kind) == "quantised/avg") ||
                         (name == "svm" && std::string(kind) == "continuous/avgmax");
      add(name + "/" + kind, "higher", shown ? "core" : "extended", "share", "labels", "chance, in the note",
          what + (on + ": test accuracy"));
      add(name + "_balanced/" + kind, "higher", "extended", "share", "labels", "chance, in the note",
          what + (on + ": mean recall over classes"));
    }
}

void add_prior(MeasureTable& add) {
  add.family("prior", "Chang et al. 2022, arXiv 2202.04200");
  add("nll_masked/*", "lower", "core", "nat/token", "prior with masked log-probabilities", "none",
      "mean -log p of masked test tokens at a fixed mask ratio, stored masks");
  add("masked_accuracy/*", "higher", "extended", "share", "prior with masked log-probabilities", "none",
      "share of masked test tokens that were the most likely ones");
  add("nll_exact", "lower", "core", "nat/series", "prior with exact likelihood", "none",
      "mean -log p of the tokens of a whole test series; of one tokenizer, comparable between priors");
}

void add_training(MeasureTable& add) {
  add.family("ssl", "Bardes et al. 2022, arXiv 2105.04906; rank: Garrido et al. 2023, arXiv 2210.02885");
  add("ssl/*", "none", "diagnostic", "", "objective", "none",
      "embeddings in the last epoch of training: std, correlation, effective_rank, alignment; each epoch's in "
      "history/tokenizer");
  add.family("cost", "measured");
  add("cost/*", "none", "core", "", "", "none",
      "seconds and steps a second of each stage, samples a second in blocks and one alone, parameters, peak memory: in "
      "the record's group cost, outside every "
      "digest");
}

}  // namespace

const std::vector<MeasureInfo>& measure_table() {
  static const std::vector<MeasureInfo> table = [] {
    MeasureTable add;
    add_tokenizer(add);
    add_probes(add);
    add_prior(add);
    add_generation(add);
    add_training(add);
    return add.take();
  }();
  return table;
}

}  // namespace autodidact
