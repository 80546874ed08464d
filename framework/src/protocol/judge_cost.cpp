// How long the networks that judge will take, from a few steps of each kind.
#include <ATen/ATen.h>

#include <algorithm>

#include "host/random.hpp"
#include "metrics/fcn.hpp"
#include "metrics/recurrent.hpp"
#include "protocol/feature_network.hpp"
#include "protocol/judges.hpp"

namespace autodidact {

namespace {

// Seconds of one call; the first warms up.
double seconds_of(const std::function<at::Tensor()>& loss) {
  const at::AutoGradMode grad(true);
  loss().backward();
  const Stopwatch watch;
  loss().backward();
  return watch.seconds();
}

// A step on `batch` series of the size of this data, which may have fewer.
double classifier_step(const Dataset& data, std::int64_t batch) {
  const std::int64_t have = std::min(batch, data.train.size());
  Fcn network(data.channels, data.length, *data.n_classes, classifier_design());
  const at::Tensor x = data.train.x.narrow(0, 0, have), y = data.train.y.narrow(0, 0, have);
  return seconds_of([&] { return network.loss(x, y); }) * static_cast<double>(batch) / static_cast<double>(have);
}

double recurrent_step(const Dataset& data, bool discriminative) {
  const at::Tensor x = data.train.x.narrow(0, 0, std::min<std::int64_t>(128, data.train.size()));
  const Recurrent network = discriminative ? discriminator(data.channels) : predictor(data.channels);
  return seconds_of([&] { return discriminative ? discriminator_loss(network, x, x) : predictor_loss(network, x); });
}

}  // namespace

double judge_seconds(const Session& session, const std::string& samples, const SampleCounts& made) {
  const Evaluation& e = session.run.evaluation;
  const Dataset& data = session.data;
  const auto missing = [&](const std::string& key) { return key != "none" && !session.store.has(key); };
  double seconds = 0;
  seed_default_generator({1, "cost", "protocol", "init"});
  const auto add_classifiers = [&](const std::string& key, std::int64_t series) {
    if (made.conditional == 0 || !missing(key)) return;
    seconds +=
        classifier_step(data, std::min<std::int64_t>(256, series)) * static_cast<double>(e.cas_steps * e.cas_repeats);
  };
  add_classifiers(real_classifier_key(session), data.train.size());
  add_classifiers(own_classifier_key(session, samples), made.conditional);
  for (const auto& [kind, key] : recurrent_keys(session, samples, made.unconditional))
    if (missing(key))
      seconds += recurrent_step(data, kind.starts_with("ds")) * static_cast<double>(e.rnn_steps * e.repeats);
  return seconds;
}

void tell_judge_cost(const Session& session, const std::string& samples, const SampleCounts& made) {
  if (!session.progress.log) return;
  const double seconds = judge_seconds(session, samples, made);
  if (seconds < 5) return;
  const auto minutes = static_cast<std::int64_t>(seconds / 60), rest = static_cast<std::int64_t>(seconds) % 60;
  session.progress.log(LogLevel::info, "networks that judge samples will take about " + std::to_string(minutes) +
                                           " min " + std::to_string(rest) +
                                           " s; the measures themselves seconds to minutes");
}

}  // namespace autodidact
