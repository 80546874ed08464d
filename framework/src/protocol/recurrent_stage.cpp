// Discriminative and predictive score (Yoon et al. 2019): recurrent networks on samples, and on real train once per
// dataset.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>

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
constexpr std::int64_t kBatch = 128, kFewest = 10, kRecipeSteps = 2000;

TrainSettings recipe(const Session& session) {
  TrainSettings s;
  s.batch = kBatch;
  s.lr = 1e-3;
  s.weight_decay = 0;
  s.lr_floor = 1;  // Adam at one rate
  s.steps = session.run.evaluation.rnn_steps;
  return s;
}

// Networks of one kind with what they learn from and what they say in the end; each by its number.
struct Judge {
  std::string name;
  std::function<Recurrent(std::int64_t channels)> make;
  std::int64_t n = 0;  // series to train on
  std::function<at::Tensor(const Recurrent&, std::size_t number, const at::Tensor& rows)> loss;
  std::function<double(const Recurrent&, std::size_t number)> score;
};

std::vector<double> scores_of(const Record& record) {
  return std::get<std::vector<double>>(record.attributes.at("scores").at("values"));
}

Record judged(const Session& session, const Judge& judge, const std::filesystem::path& checkpoint) {
  std::vector<Recurrent> networks;
  std::vector<at::Tensor> orders;
  TrainTask task;
  for (std::int64_t i = 0; i < session.run.evaluation.repeats; ++i) {
    seed_default_generator({kSeed, judge.name, "judge", "init", i});
    networks.push_back(judge.make(session.data.channels));
    at::Generator generator = generator_for({kSeed, judge.name, "judge", "order", i});
    orders.push_back(at::randperm(judge.n, generator, at::kLong));
    for (Parameter& p : networks.back().parameters()) {
      p.name = fmt::format("{}.{}", i + 1, p.name);
      task.parameters.push_back(p);
    }
  }
  task.stage = judge.name;
  task.n = judge.n;
  task.settings = recipe(session);
  task.seed = kSeed;
  task.state = state_of(task.parameters, {});
  task.loss = [&](const at::Tensor& index, const StepInfo&) {
    at::Tensor total;
    for (std::size_t i = 0; i < networks.size(); ++i) {
      const at::Tensor loss = judge.loss(networks[i], i, orders[i].index_select(0, index));
      total = total.defined() ? total + loss : loss;
    }
    return Loss{total, {{"loss", (total / static_cast<double>(networks.size())).detach()}}, {}};
  };
  const TrainResult result = train(task, {checkpoint, session.checkpoint_seconds, &session.progress});
  const at::NoGradGuard no_grad;
  std::vector<double> values;
  for (std::size_t i = 0; i < networks.size(); ++i) values.push_back(judge.score(networks[i], i));
  Record record;
  record.attributes["scores"]["values"] = values;
  record.tables["history/" + judge.name] = result.history;
  put_training_cost(record, judge.name, result);
  return record;
}

StageKey key_of(const Session& session, const std::string& name, const std::string& of, std::int64_t n) {
  StageKey key(name);
  key.add("recipe", std::string("rnn-2")).add("dataset.digest", session.data.digest).add("of", of).add("n", n);
  key.add(recipe(session)).add("repeats", session.run.evaluation.repeats);
  return std::move(key.add_environment(session.run));
}

// n seeded rows of x, others for each network.
std::vector<at::Tensor> drawn(const Session& session, const at::Tensor& x, std::int64_t n, const char* purpose) {
  std::vector<at::Tensor> rows;
  for (std::int64_t i = 0; i < session.run.evaluation.repeats; ++i) {
    at::Generator generator = generator_for({kSeed, "ds", "judge", purpose, i});
    rows.push_back(at::randperm(x.size(0), generator, at::kLong).narrow(0, 0, n));
  }
  return rows;
}

// Real test against `other`, n of each, of which four fifths are learnt from; another split for each network.
Judge discriminative(const Session& session, const std::string& name, const at::Tensor& test, const at::Tensor& other,
                     std::int64_t n) {
  const std::int64_t learnt = n * 4 / 5;
  const auto real = drawn(session, test, n, "order"), made = drawn(session, other, n, "sample");
  const auto pick = [](const at::Tensor& x, const at::Tensor& rows) { return x.index_select(0, rows); };
  Judge judge{name, discriminator, learnt, {}, {}};
  judge.loss = [=](const Recurrent& network, std::size_t i, const at::Tensor& rows) {
    return discriminator_loss(network, pick(test, pick(real[i], rows)), pick(other, pick(made[i], rows)));
  };
  judge.score = [=](const Recurrent& network, std::size_t i) {
    const auto held = [&](const at::Tensor& rows) { return rows.narrow(0, learnt, n - learnt); };
    return discriminative_score(network, pick(test, held(real[i])), pick(other, held(made[i])));
  };
  return judge;
}

// Learns from n series of `other`, is asked about all of test.
Judge predictive(const Session& session, const std::string& name, const at::Tensor& test, const at::Tensor& other,
                 std::int64_t n) {
  const auto rows_of = drawn(session, other, n, "learnt");
  Judge judge{name, predictor, n, {}, {}};
  judge.loss = [=](const Recurrent& network, std::size_t i, const at::Tensor& rows) {
    return predictor_loss(network, other.index_select(0, rows_of[i].index_select(0, rows)));
  };
  judge.score = [=](const Recurrent& network, std::size_t) { return predictive_score(network, test); };
  return judge;
}

// Equal counts on every side, so that the floor is one.
std::int64_t equal_count(const Dataset& data, std::int64_t made) {
  const std::int64_t n = std::min({data.test.size(), data.train.size(), made});
  return n >= kFewest && data.length >= 2 ? n : 0;
}

}  // namespace

std::map<std::string, std::string> recurrent_keys(const Session& session, const std::string& samples,
                                                  std::int64_t made) {
  const Selection wanted(session.run.evaluation.measures);
  const std::int64_t n = equal_count(session.data, made);
  std::map<std::string, std::string> keys;
  for (const std::string kind : {"ds", "ps"}) {
    const bool needed = n > 0 && wanted.wants(kind + "_star");
    keys[kind + "_real"] = needed ? key_of(session, kind + "_real", "train", n).hex() : "none";
    keys[kind] = needed ? key_of(session, kind, samples, n).hex() : "none";
  }
  return keys;
}

std::optional<RecurrentScores> recurrent_scores(const Session& session, const Judged& samples) {
  const Selection wanted(session.run.evaluation.measures);
  if (!wanted.wants_any({"ds_star", "ps_star"}) || !samples.record.has("samples/unconditional/x")) return std::nullopt;
  const at::Tensor& of = session.data.train.x;
  const at::Tensor train = unit_range(of, of), test = unit_range(session.data.test.x, of);
  const at::Tensor made = unit_range(to_tensor(samples.record.array("samples/unconditional/x")), of);
  RecurrentScores scores;
  scores.steps = session.run.evaluation.rnn_steps;
  scores.recipe_steps = kRecipeSteps;
  scores.n = equal_count(session.data, made.size(0));
  if (scores.n == 0) return scores;
  const auto scored = [&](const Judge& judge, const std::string& from) {
    const Record record =
        session.store
            .get(judge.name, key_of(session, judge.name, from, scores.n), session.progress,
                 [&](const std::filesystem::path& checkpoint) { return judged(session, judge, checkpoint); })
            .record;
    scores.seconds[judge.name] = std::get<double>(record.attributes.at("cost/" + judge.name).at("seconds"));
    return scores_of(record);
  };
  if (wanted.wants("ds_star")) {
    scores.discriminative_floor = scored(discriminative(session, "ds_real", test, train, scores.n), "train");
    scores.discriminative = scored(discriminative(session, "ds", test, made, scores.n), samples.key);
  }
  if (wanted.wants("ps_star")) {
    scores.predictive_floor = scored(predictive(session, "ps_real", test, train, scores.n), "train");
    scores.predictive = scored(predictive(session, "ps", test, made, scores.n), samples.key);
  }
  return scores;
}

}  // namespace autodidact
