// autodidact generate: series from a finished run, in the units of its data.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include "app/engine/stored.hpp"
#include "app/engine/verbs.hpp"
#include "autodidact/plugin/error.hpp"
#include "host/convert.hpp"
#include "protocol/stages.hpp"
#include "results/file.hpp"

namespace autodidact {

namespace {

std::int64_t class_index(const StoredRun& stored, const std::string& label) {
  for (std::size_t i = 0; i < stored.class_names.size(); ++i)
    if (stored.class_names[i] == label) return static_cast<std::int64_t>(i);
  std::string names;
  for (const std::string& name : stored.class_names) names += (names.empty() ? "" : ", ") + name;
  throw ConfigError("--class " + label + ": the data of this run have the classes " +
                    (names.empty() ? "(none: no labels)" : names));
}

}  // namespace

void generate(const GenerateRequest& request, const Progress& progress) {
  const at::NoGradGuard no_grad;
  prepare_process(request.run);
  const StoredRun stored = read_stored(request.record);
  if (request.label && !request.run.prior.info.can("conditional"))
    throw ConfigError("--class: the prior '" + request.run.prior.info.name + "' cannot be given classes");
  Run run = request.run;
  run.seed = request.seed;
  Live<Tokenizer> tokenizer = frozen_tokenizer(run, stored.shape, stored.record, "samples", progress);
  // The same streams as the run's own samples: with the run's seed, the first series are those of its record.
  Live<Prior> prior = frozen_prior(run, stored.shape, *tokenizer.object, stored.record, "samples",
                                   request.label ? "conditional" : "unconditional", progress);
  at::Tensor y;
  if (request.label) y = at::full({request.n}, class_index(stored, *request.label), at::kLong);
  const Sampled sampled = sample_series(run, *prior.object, *tokenizer.object, request.n, y, progress);
  const at::Tensor x = unscaled(stored, sampled.x);
  if (request.output.extension() == ".npy") return write_npy(x, request.output);
  Record record;
  record.arrays["x"] = to_array(x);
  record.arrays["tokens"] = to_array(sampled.tokens);
  if (y.defined()) record.arrays["y"] = to_array(y);
  record.attributes[""] = {{"run_id", stored.record.attributes.at("").at("run_id")}, {"seed", request.seed}};
  write_record(record, request.output);
}

}  // namespace autodidact
