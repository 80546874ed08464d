#include "protocol/measuring.hpp"

#include <ATen/ATen.h>

#include "host/convert.hpp"
#include "host/random.hpp"
#include "metrics/fcn.hpp"
#include "protocol/feature_network.hpp"
#include "protocol/judges.hpp"

namespace autodidact {

namespace {

constexpr std::int64_t kPlotRows = 512;  // features kept for the page's projection

at::Tensor tensor_at(const Record& record, const std::string& path) {
  return record.has(path) ? to_tensor(record.array(path)) : at::Tensor();
}

// Tables want columns; a Measurement is a row.
Table to_table(const std::vector<Measurement>& rows) {
  Table table;
  const auto column = [&](const std::string& name, auto get) {
    using T = std::decay_t<decltype(get(rows.front()))>;
    std::vector<T> values;
    for (const Measurement& m : rows) values.push_back(get(m));
    table.names.push_back(name);
    table.columns.emplace_back(std::move(values));
  };
  using M = Measurement;
  column("name", [](const M& m) { return m.name; });
  column("version", [](const M& m) { return m.version; });
  column("value", [](const M& m) { return m.value; });
  column("std", [](const M& m) { return m.std; });
  column("repeats", [](const M& m) { return m.repeats; });
  column("low", [](const M& m) { return m.low; });
  column("high", [](const M& m) { return m.high; });
  column("unit", [](const M& m) { return m.unit; });
  column("direction", [](const M& m) { return m.direction; });
  column("floor", [](const M& m) { return m.floor; });
  column("floor_halves", [](const M& m) { return m.floor_halves; });
  column("unigram", [](const M& m) { return m.unigram; });
  column("value_at_floor", [](const M& m) { return m.value_at_floor; });
  column("n_real", [](const M& m) { return m.n_real; });
  column("n_gen", [](const M& m) { return m.n_gen; });
  column("n_floor", [](const M& m) { return m.n_floor; });
  column("reference", [](const M& m) { return m.reference; });
  column("extractor", [](const M& m) { return m.extractor; });
  column("seed", [](const M& m) { return static_cast<std::int64_t>(m.seed); });
  column("status", [](const M& m) { return m.status; });
  column("note", [](const M& m) { return m.note; });
  return table;
}

// What the page draws: two feature clouds and a few real series.
void put_previews(Record& record, const MeasureInput& in) {
  const Extractor& extractor = in.fcn ? *in.fcn : in.rocket;
  const auto rows = [&](const at::Tensor& x) {
    return to_array(extractor.features(x.slice(0, 0, kPlotRows)).to(at::kFloat));
  };
  record.arrays["plots/features/real"] = rows(in.test_x);
  record.arrays["plots/features/generated"] = rows(in.samples);
  record.arrays["plots/series/real"] = to_array(in.test_x.slice(0, 0, 64));
}

}  // namespace

MeasureInput judged_input(const Session& session, const Record& samples, const std::string& samples_key,
                          const Record* fcn, Record& record) {
  const Dataset& data = session.data;
  MeasureInput in;
  in.train_x = data.train.x;
  in.train_y = data.train.y;
  in.test_x = data.test.x;
  in.test_y = data.test.y;
  in.n_classes = data.n_classes;
  in.samples = tensor_at(samples, "samples/unconditional/x");
  in.samples_tokens = tensor_at(samples, "samples/unconditional/tokens");
  in.conditional_x = tensor_at(samples, "samples/conditional/x");
  in.conditional_y = tensor_at(samples, "samples/conditional/y");
  in.seed = stream_seed({static_cast<std::uint64_t>(session.run.seed), "measures", "protocol", "evaluate"});
  in.repeats = session.run.evaluation.repeats;
  in.dtw_window = session.run.evaluation.dtw_window;
  in.wanted = Selection(session.run.evaluation.measures);
  if (fcn) {
    in.fcn = fcn_extractor(restore_fcn(data, *fcn));
    record.attributes["fcn"] = fcn->attributes.at("fcn");
    const auto accuracy = record.attributes["fcn"].find("test_accuracy");
    if (accuracy != record.attributes["fcn"].end()) in.fcn_test_accuracy = std::get<double>(accuracy->second);
  }
  in.rocket = rocket_extractor(data.channels, data.length);
  if (in.wanted.wants_any({"fid_minirocket", "fid_minirocket/train"}))
    in.minirocket = minirocket_extractor(data.train.x);
  check_input(in);
  in.cas = classifier_scores(session, {samples, samples_key});
  in.recurrent = recurrent_scores(session, {samples, samples_key});
  return in;
}

void put_measures(Record& record, const MeasureInput& input, const Evaluation& evaluation) {
  record.attributes["metrics"] = {{"evaluation", evaluation.measures}, {"repeats", evaluation.repeats},
                                  {"cas_steps", evaluation.cas_steps}, {"cas_repeats", evaluation.cas_repeats},
                                  {"rnn_steps", evaluation.rnn_steps}, {"dtw_window", evaluation.dtw_window}};
  record.tables["metrics/table"] = to_table(measure(input));
  put_previews(record, input);
  if (input.crop > 0) record.attributes["metrics"]["cropped_samples"] = input.crop;
}

}  // namespace autodidact
