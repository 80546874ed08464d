// Discriminative and predictive score (metrics 6): recurrent networks on samples, and on real train once per dataset.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include "host/convert.hpp"
#include "host/random.hpp"
#include "metrics/recurrent.hpp"
#include "protocol/judges.hpp"
#include "protocol/stages.hpp"
#include "protocol/state.hpp"
#include "protocol/trainer.hpp"

namespace autodidact {

namespace {

constexpr std::uint64_t kSeed = 1;
constexpr std::int64_t kBatch = 128, kFewest = 10;

TrainSettings recipe(const Session& session) {
  TrainSettings s;
  s.batch = kBatch;
  s.lr = 1e-3;
  s.weight_decay = 0;
  s.lr_floor = 1;  // Adam at one rate
  s.steps = session.run.evaluation.rnn_steps;
  return s;
}

// Networks of one kind with what they learn from and what they say in the end.
struct Kind {
  std::string name;
  std::function<Recurrent(std::int64_t channels)> make;
  std::int64_t n = 0;  // series to train on
  std::function<at::Tensor(const Recurrent&, const at::Tensor& rows)> loss;
  std::function<double(const Recurrent&)> score;
};

std::vector<double> scores_of(const Record& record) {
  return std::get<std::vector<double>>(record.attributes.at("scores").at("values"));
}

Record judged(const Session& session, const Kind& kind, const std::filesystem::path& checkpoint) {
  std::vector<Recurrent> networks;
  std::vector<at::Tensor> orders;
  TrainTask task;
  for (std::int64_t i = 0; i < session.run.evaluation.repeats; ++i) {
    seed_default_generator({kSeed, kind.name, "judge", "init", i});
    networks.push_back(kind.make(session.data.channels));
    at::Generator generator = generator_for({kSeed, kind.name, "judge", "order", i});
    orders.push_back(at::randperm(kind.n, generator, at::kLong));
    for (Parameter& p : networks.back().parameters()) {
      p.name = fmt::format("{}.{}", i + 1, p.name);
      task.parameters.push_back(p);
    }
  }
  task.stage = kind.name;
  task.n = kind.n;
  task.settings = recipe(session);
  task.seed = kSeed;
  task.state = state_of(task.parameters, {});
  task.loss = [&](const at::Tensor& index, const StepInfo&) {
    at::Tensor total;
    for (std::size_t i = 0; i < networks.size(); ++i) {
      const at::Tensor loss = kind.loss(networks[i], orders[i].index_select(0, index));
      total = total.defined() ? total + loss : loss;
    }
    return Loss{total, {{"loss", (total / static_cast<double>(networks.size())).detach()}}, {}};
  };
  const TrainResult result = train(task, {checkpoint, session.checkpoint_seconds, &session.progress});
  const at::NoGradGuard no_grad;
  std::vector<double> values;
  for (const Recurrent& network : networks) values.push_back(kind.score(network));
  Record record;
  record.attributes["scores"]["values"] = values;
  record.tables["history/" + kind.name] = result.history;
  put_cost(record, kind.name, result.seconds, {{"steps", result.steps}});
  return record;
}

StageOutput stage(const Session& session, const Kind& kind, const std::string& of) {
  StageKey key(kind.name);
  key.add("dataset.digest", session.data.digest).add("of", of).add(recipe(session));
  key.add("repeats", session.run.evaluation.repeats);
  key.add_environment(session.run);
  return session.store.get(kind.name, key, session.progress,
                           [&](const std::filesystem::path& checkpoint) { return judged(session, kind, checkpoint); });
}

// Real test against `other`, equally many, of which four fifths are learnt from.
Kind discriminative(const std::string& name, const at::Tensor& test, const at::Tensor& other) {
  const std::int64_t n = std::min(test.size(0), other.size(0)), learnt = n * 4 / 5;
  const auto mixed = [&](const at::Tensor& x, const char* purpose) {
    at::Generator generator = generator_for({kSeed, "ds", "judge", purpose});
    return x.index_select(0, at::randperm(x.size(0), generator, at::kLong).narrow(0, 0, n));
  };
  const at::Tensor real = mixed(test, "order"), made = mixed(other, "sample");
  Kind kind{name, discriminator, learnt, {}, {}};
  kind.loss = [=](const Recurrent& network, const at::Tensor& rows) {
    return discriminator_loss(network, real.index_select(0, rows), made.index_select(0, rows));
  };
  kind.score = [=](const Recurrent& network) {
    return discriminative_score(network, real.narrow(0, learnt, n - learnt), made.narrow(0, learnt, n - learnt));
  };
  return kind;
}

Kind predictive(const std::string& name, const at::Tensor& test, const at::Tensor& learnt_from) {
  Kind kind{name, predictor, learnt_from.size(0), {}, {}};
  kind.loss = [=](const Recurrent& network, const at::Tensor& rows) {
    return predictor_loss(network, learnt_from.index_select(0, rows));
  };
  kind.score = [=](const Recurrent& network) { return predictor_loss(network, test).item<double>(); };
  return kind;
}

}  // namespace

std::optional<RecurrentScores> recurrent_scores(const Session& session, const Judged& samples) {
  const Selection wanted(session.run.evaluation.measures);
  if (!wanted.wants_any({"ds_star", "ps_star"})) return std::nullopt;
  const at::Tensor& of = session.data.train.x;
  const at::Tensor train = unit_range(of, of), test = unit_range(session.data.test.x, of);
  const at::Tensor made = unit_range(to_tensor(samples.record.array("samples/unconditional/x")), of);
  RecurrentScores scores;
  scores.n = std::min(test.size(0), made.size(0));
  if (std::min(scores.n, train.size(0)) < kFewest || test.size(2) < 2) return scores;
  if (wanted.wants("ds_star")) {
    scores.discriminative_floor = scores_of(stage(session, discriminative("ds_real", test, train), "train").record);
    scores.discriminative = scores_of(stage(session, discriminative("ds", test, made), samples.key).record);
  }
  if (wanted.wants("ps_star")) {
    scores.predictive_floor = scores_of(stage(session, predictive("ps_real", test, train), "train").record);
    scores.predictive = scores_of(stage(session, predictive("ps", test, made), samples.key).record);
  }
  return scores;
}

}  // namespace autodidact
