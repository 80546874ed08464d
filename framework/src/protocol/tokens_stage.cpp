// The frozen tokenizer encodes every series once: tokens for the prior, features for the probes, reconstructions.
#include <ATen/ATen.h>

#include "host/convert.hpp"
#include "protocol/stages.hpp"
#include "protocol/state.hpp"

namespace autodidact {

namespace {

// (N, F) per kind of pooling, for quantised and continuous latents.
void put_features(Record& record, const std::string& prefix, Tokenizer& tokenizer, const at::Tensor& x,
                  std::int64_t block) {
  std::map<std::string, std::vector<at::Tensor>> parts;
  for (std::int64_t first = 0; first < x.size(0); first += block) {
    const std::int64_t have = std::min(block, x.size(0) - first);
    Latents latents;
    in_blocks(x.slice(0, first, first + have), block, [&](const at::Tensor& rows) {
      latents = tokenizer.latents(rows);
      return rows;
    });
    for (const char* kind : {"avg", "avgmax"}) {
      parts[std::string("quantised/") + kind].push_back(pool(latents.z_q, kind).slice(0, 0, have).clone());
      parts[std::string("continuous/") + kind].push_back(pool(latents.z, kind).slice(0, 0, have).clone());
    }
  }
  for (const auto& [name, rows] : parts) record.arrays[prefix + name] = to_array(at::cat(rows, 0));
}

Record encode_all(const Session& session, const StageOutput& upstream) {
  const at::NoGradGuard no_grad;
  const Stopwatch watch;
  const Run& run = session.run;
  const std::int64_t block = run.evaluation.block;
  Live<Tokenizer> tokenizer =
      frozen_tokenizer(run, shape_of(session.data), upstream.record, "tokens", session.progress);
  const FrozenCheck frozen("tokenizer", state_of(tokenizer->parameters(), tokenizer->buffers()));

  Record record;
  const auto encode = [&](const at::Tensor& rows) { return tokenizer->encode(rows, 0.0); };
  const auto decode = [&](const at::Tensor& tokens) { return tokenizer->decode(tokens); };
  record.arrays["tokens/train"] = to_array(in_blocks(session.data.train.x, block, encode));
  session.progress.at(1, 4, "part", NAN);
  const at::Tensor test = in_blocks(session.data.test.x, block, encode);
  record.arrays["tokens/test"] = to_array(test);
  session.progress.at(2, 4, "part", NAN);
  put_features(record, "features/train/", *tokenizer.object, session.data.train.x, block);
  put_features(record, "features/test/", *tokenizer.object, session.data.test.x, block);
  session.progress.at(3, 4, "part", NAN);
  record.arrays["reconstruction/test"] = to_array(in_blocks(test, block, decode));
  frozen.done("tokens");
  const double series = static_cast<double>(session.data.train.size() + session.data.test.size());
  put_cost(record, "tokens", watch.seconds(), {{"series_per_second", series / watch.seconds()}});
  return record;
}

}  // namespace

StageKey tokens_key(const Session& session, const std::string& tokenizer) {
  StageKey key("tokens");
  key.add("tokenizer.stage", tokenizer).add("dataset.digest", session.data.digest);
  key.add("block", session.run.evaluation.block).add("seed", session.run.seed).add(session.run.tokenizer.info);
  return std::move(key.add_environment(session.run));
}

StageOutput tokens_stage(const Session& session, const StageOutput& tokenizer) {
  return session.store.get("tokens", tokens_key(session, tokenizer.key), session.progress,
                           [&](const std::filesystem::path&) { return encode_all(session, tokenizer); });
}

}  // namespace autodidact
