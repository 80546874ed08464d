// The one training loop: tokenizer, prior and the feature network of the measures all go through it.
//
// Same task, same seed: same bytes, whether it ran in one piece or was killed and resumed. A checkpoint holds the
// task's tensors, the optimiser's moments, the history rows so far and the sums of the open epoch; (epoch, step) is all
// that the random streams need.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "autodidact/plugin/types.hpp"
#include "config/run.hpp"
#include "protocol/progress.hpp"
#include "results/record.hpp"

namespace autodidact {

struct TrainTask {
  std::string stage;   // "tokenizer": name of the random streams and of the history table
  std::int64_t n = 0;  // training series
  TrainSettings settings;
  std::uint64_t seed = 0;
  std::vector<Parameter> parameters;  // optimised
  std::vector<Buffer> state;          // parameters and whatever else must survive: buffers, a target tokenizer
  std::function<void(std::int64_t epoch)> begin_epoch;  // may be empty
  // Indices (B) int64 of one batch -> loss with graph. Called with gradients on.
  std::function<Loss(const at::Tensor& index, const StepInfo& info)> loss;
  std::function<void(const StepInfo& info)> after_step;  // may be empty; no gradient
};

struct TrainControl {
  std::filesystem::path checkpoint;  // empty: none
  double checkpoint_seconds = 60;
  const Progress* progress = nullptr;
};

struct TrainResult {
  Table history;  // epoch, step, total, each term, each log, lr, seconds; means over an epoch's steps
  std::int64_t steps = 0, epochs = 0;
  double seconds = 0;  // in steps, checkpoints left out
};

// Throws Diverged where a loss or a parameter is not finite, Stopped after a checkpoint if a stop was asked for.
TrainResult train(const TrainTask& task, const TrainControl& control);

// Sizes of an epoch: ceil(n / batch) batches; a last batch of one series joins the one before.
std::int64_t steps_per_epoch(std::int64_t n, std::int64_t batch);
struct TrainLength {
  std::int64_t epochs = 0, steps = 0;
};
TrainLength train_length(const TrainSettings& settings, std::int64_t n);

}  // namespace autodidact
