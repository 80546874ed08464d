// autodidact encode: tokens and features of one's own series under a run's frozen tokenizer.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include "app/engine/stored.hpp"
#include "app/engine/verbs.hpp"
#include "autodidact/plugin/error.hpp"
#include "data/dataset.hpp"
#include "host/convert.hpp"
#include "protocol/stages.hpp"
#include "results/file.hpp"

namespace autodidact {

void encode(const EncodeRequest& request, const Progress& progress) {
  const at::NoGradGuard no_grad;
  prepare_process(request.run);
  const StoredRun stored = read_stored(request.record);
  const RawSeries raw = read_series(request.data);
  if (raw.x.size(1) != stored.shape.channels || raw.x.size(2) != stored.shape.length)
    throw DataError(
        fmt::format("{}: found series of {} channels and length {}, expected {} and {}: the run's tokenizer "
                    "was trained on these",
                    request.data.string(), raw.x.size(1), raw.x.size(2), stored.shape.channels, stored.shape.length));
  const at::Tensor x = scaled(stored, raw.x);
  const Run& run = request.run;
  Live<Tokenizer> tokenizer = frozen_tokenizer(run, stored.shape, stored.record, "tokens", progress);
  const std::int64_t block = run.evaluation.block;
  const at::Tensor tokens = in_blocks(x, block, [&](const at::Tensor& rows) { return tokenizer->encode(rows, 0.0); });
  Record record;
  record.arrays["tokens"] = to_array(tokens);
  record.arrays["reconstruction"] = to_array(
      unscaled(stored, in_blocks(tokens, block, [&](const at::Tensor& rows) { return tokenizer->decode(rows); })));
  for (const char* kind : {"avg", "avgmax"}) {
    const auto features = [&](bool quantised) {
      return in_blocks(x, block, [&](const at::Tensor& rows) {
        const Latents latents = tokenizer->latents(rows);
        return pool(quantised ? latents.z_q : latents.z, kind);
      });
    };
    record.arrays[std::string("features/quantised/") + kind] = to_array(features(true));
    record.arrays[std::string("features/continuous/") + kind] = to_array(features(false));
  }
  std::string labels;
  for (const std::string& label : raw.labels) labels += label + "\n";
  if (!labels.empty()) record.texts["labels"] = labels;
  record.attributes[""] = {{"run_id", stored.record.attributes.at("").at("run_id")}};
  write_record(record, request.output);
}

}  // namespace autodidact
