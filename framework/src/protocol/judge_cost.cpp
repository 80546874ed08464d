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

}  // namespace

double judge_seconds(const Session& session, const std::string& samples) {
  const Evaluation& e = session.run.evaluation;
  const Dataset& data = session.data;
  const std::int64_t batch = std::min<std::int64_t>(256, data.train.size());
  const at::Tensor x = data.train.x.narrow(0, 0, batch);
  double seconds = 0;
  seed_default_generator({1, "cost", "protocol", "init"});
  for (const std::string& key : {real_classifier_key(session), own_classifier_key(session, samples)}) {
    if (samples.empty() || key == "none" || session.store.has(key)) continue;  // empty: no conditional samples
    Fcn network(data.channels, data.length, *data.n_classes, classifier_design());
    const at::Tensor y = data.train.y.narrow(0, 0, batch);
    seconds += seconds_of([&] { return network.loss(x, y); }) * static_cast<double>(e.cas_steps * e.cas_repeats);
  }
  const Selection wanted(e.measures);
  const double networks = 2.0 * static_cast<double>(e.rnn_steps * e.repeats);  // on samples, and on real train
  const std::int64_t half = std::max<std::int64_t>(1, batch / 2);
  if (wanted.wants("ds_star")) {
    const Recurrent network = discriminator(data.channels);
    seconds +=
        networks * seconds_of([&] { return discriminator_loss(network, x.narrow(0, 0, half), x.narrow(0, 0, half)); });
  }
  if (wanted.wants("ps_star") && data.length > 1) {
    const Recurrent network = predictor(data.channels);
    seconds += networks * seconds_of([&] { return predictor_loss(network, x.narrow(0, 0, half)); });
  }
  return seconds;
}

void tell_judge_cost(const Session& session, const std::string& samples) {
  if (!session.progress.log) return;
  const double seconds = judge_seconds(session, samples);
  if (seconds < 5) return;
  const auto minutes = static_cast<std::int64_t>(seconds / 60), rest = static_cast<std::int64_t>(seconds) % 60;
  session.progress.log(LogLevel::info, "networks that judge samples will take about " + std::to_string(minutes) +
                                           " min " + std::to_string(rest) +
                                           " s; the measures themselves seconds to minutes");
}

}  // namespace autodidact
