#include "protocol/external.hpp"

#include <ATen/ATen.h>

#include "host/convert.hpp"
#include "metrics/measure.hpp"
#include "protocol/feature_network.hpp"
#include "protocol/judges.hpp"
#include "protocol/measuring.hpp"
#include "protocol/provenance.hpp"
#include "protocol/run.hpp"
#include "protocol/stages.hpp"
#include "results/file.hpp"
#include "results/sha256.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

Record as_record(const Series& series) {
  Record record;
  record.arrays["samples/unconditional/x"] = to_array(series.x);
  if (!series.y.defined()) return record;
  record.arrays["samples/conditional/x"] = to_array(series.x);
  record.arrays["samples/conditional/y"] = to_array(series.y);
  return record;
}

// Everything that is measured of `samples`, and what it was measured with.
Record measured(const Session& session, const Record& samples) {
  std::optional<StageOutput> fcn;
  if (has_feature_network(session.data)) fcn = fcn_stage(session);
  Record record;
  const std::string origin = content_digest(samples, {"samples/"});
  tell_judge_cost(session, origin, counts_in(samples));
  const MeasureInput input = judged_input(session, samples, origin, fcn ? &fcn->record : nullptr, record);
  if (input.cas) put_cost(record, "cas", input.cas->seconds);
  const at::NoGradGuard no_grad;
  const Stopwatch watch;
  session.progress.say("measures", StageEvent::started, "");
  put_measures(record, input, session.run.evaluation);
  put_cost(record, "measures", watch.seconds());
  session.progress.say("measures", StageEvent::finished, "");
  return record;
}

void write(const Session& session, Record samples, const std::string& id, const fs::path& file) {
  Record record = measured(session, samples);
  record.merge(std::move(samples));
  describe_external(record, session);
  record.attributes[""]["run_id"] = id;
  seal(record);
  write_record(record, file);
}

}  // namespace

RunOutcome score_external(const SampleFile& from, const Run& run, const fs::path& file, const RunOptions& options,
                          const Progress& progress) {
  const Selection known(run.evaluation.measures);
  prepare_process(run);
  const Dataset data = load_data(run, options);
  const Series series = read_samples(from, data);
  Record samples = as_record(series);
  StageStore store(options.out / "stages", options.reuse_versions);
  const Session session{run, data, store, progress, options.checkpoint_seconds, options.version};
  std::string identity = run.method + data.digest + content_digest(samples, {"samples/"});
  for (const auto& [key, value] : run.flat()) identity += key + to_toml(value);
  const std::string id = sha256(identity).substr(0, 16);
  const fs::path target = file.empty() ? options.out / (id + ".h5") : file;
  write(session, std::move(samples), id, target);
  return {target, true};
}

RunOutcome score_external_again(const fs::path& file, const Run& run, const RunOptions& options,
                                const Progress& progress) {
  const Selection known(run.evaluation.measures);
  prepare_process(run);
  const Dataset data = load_data(run, options);
  Record stored = read_record(file, {[](const std::string& path) { return path.starts_with("samples/"); }});
  check_same_data(stored, file, data);
  Record samples;
  samples.arrays = std::move(stored.arrays);
  StageStore store(options.out / "stages", options.reuse_versions);
  const Session session{run, data, store, progress, options.checkpoint_seconds, options.version};
  write(session, std::move(samples), std::get<std::string>(stored.attributes.at("").at("run_id")), file);
  return {file, true};
}

}  // namespace autodidact
