#include "protocol/objects.hpp"

#include <ATen/ATen.h>

#include "autodidact/plugin/error.hpp"
#include "host/open.hpp"
#include "protocol/state.hpp"
#include "protocol/trainer.hpp"

namespace autodidact {

namespace {

std::unique_ptr<Services> services_for(const Run& run, const std::string& stage, const std::string& component,
                                       const Progress& progress) {
  auto services = std::make_unique<Services>(static_cast<std::uint64_t>(run.seed), stage, component,
                                             resolve_precision(run.precision), progress.log, progress.stop);
  services->at_init();
  return services;
}

Context context_for(const DataShape& shape, Services& services, std::int64_t total_steps) {
  Context context;
  context.channels = shape.channels;
  context.length = shape.length;
  context.n_train = shape.n_train;
  context.n_classes = shape.n_classes;
  context.total_steps = total_steps;
  context.host = &services;
  return context;
}

template <class T>
void freeze(T& object, const Record& record, const std::string& prefix) {
  load_state(record, prefix, state_of(object.parameters(), object.buffers()));
  for (Parameter& p : object.parameters()) p.tensor.requires_grad_(false);
  object.train(false);
}

}  // namespace

Live<Tokenizer> make_tokenizer(const Run& run, const DataShape& shape, const std::string& component,
                               const Progress& progress) {
  Live<Tokenizer> live;
  live.services = services_for(run, "tokenizer", component, progress);
  const std::int64_t steps = train_length(run.train_tokenizer, shape.n_train).steps;
  live.object = open_tokenizer(run.tokenizer.info, Params(run.tokenizer.train_params()),
                               context_for(shape, *live.services, steps));
  return live;
}

Live<Objective> make_objective(const Run& run, const DataShape& shape, Tokenizer& tokenizer, std::int64_t pooled,
                               const Progress& progress) {
  Live<Objective> live;
  live.services = services_for(run, "tokenizer", "objective", progress);
  Context context = context_for(shape, *live.services, train_length(run.train_tokenizer, shape.n_train).steps);
  context.layout = tokenizer.layout();
  context.codebooks = tokenizer.codebooks();
  context.pooled = pooled;
  live.object = open_objective(run.objective.info, Params(run.objective.train_params()), context);
  return live;
}

Live<Prior> make_prior(const Run& run, const DataShape& shape, Tokenizer& tokenizer, const std::string& stage,
                       const std::string& component, const Progress& progress) {
  Live<Prior> live;
  live.services = services_for(run, stage, component, progress);
  Context context = context_for(shape, *live.services, train_length(run.train_prior, shape.n_train).steps);
  context.layout = tokenizer.layout();
  context.codebooks = tokenizer.codebooks();
  live.object = open_prior(run.prior.info, Params(run.prior.train_params()), context);
  return live;
}

Live<Tokenizer> frozen_tokenizer(const Run& run, const DataShape& shape, const Record& record, const std::string& stage,
                                 const Progress& progress) {
  Live<Tokenizer> live;
  live.services = services_for(run, stage, "tokenizer", progress);
  const std::int64_t steps = train_length(run.train_tokenizer, shape.n_train).steps;
  live.object = open_tokenizer(run.tokenizer.info, Params(run.tokenizer.train_params()),
                               context_for(shape, *live.services, steps));
  freeze(*live.object, record, "weights/tokenizer/");
  return live;
}

Live<Prior> frozen_prior(const Run& run, const DataShape& shape, Tokenizer& tokenizer, const Record& record,
                         const std::string& stage, const std::string& component, const Progress& progress) {
  Live<Prior> live = make_prior(run, shape, tokenizer, stage, component, progress);
  freeze(*live.object, record, "weights/prior/");
  return live;
}

at::Tensor pool(const std::vector<at::Tensor>& maps, const std::string& kind) {
  std::vector<at::Tensor> parts;
  for (const at::Tensor& map : maps) {  // (B, D, H', W')
    const at::Tensor flat = map.flatten(2);
    if (kind == "none") {
      parts.push_back(flat.transpose(1, 2).reshape({-1, map.size(1)}));
      continue;
    }
    if (kind != "max") parts.push_back(flat.mean(2));
    if (kind != "avg") parts.push_back(flat.amax(2));
  }
  return parts.size() == 1 ? parts.front() : at::cat(parts, kind == "none" ? 0 : 1);
}

std::int64_t pooled_width(const Layout& layout, const std::string& kind) {
  std::int64_t width = 0;
  for (const Stream& stream : layout) width += stream.channels;
  if (kind == "avgmax") return 2 * width;
  if (kind != "none") return width;
  std::string found;
  for (const Stream& stream : layout)
    found += (found.empty() ? " " : ", ") + stream.name + " " + std::to_string(stream.channels);
  for (const Stream& stream : layout)
    if (stream.channels != layout.front().channels)
      throw ConfigError(
          "ssl.pool: \"none\" makes a row of each position of each stream, which takes streams of equal channels; "
          "found" +
          found + "; take avgmax, avg or max");
  return layout.front().channels;
}

FrozenCheck::FrozenCheck(std::string what, std::vector<Buffer> state)
    : what_(std::move(what)), state_(std::move(state)), digest_(state_digest(state_)) {}

void FrozenCheck::done(const std::string& stage) const {
  if (state_digest(state_) != digest_)
    throw std::logic_error("the frozen " + what_ + " changed in stage '" + stage +
                           "': its codebook, BatchNorm or weights must not move after training");
}

}  // namespace autodidact
