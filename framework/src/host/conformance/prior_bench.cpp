#include "host/conformance/prior_bench.hpp"

#include <ATen/ATen.h>

#include "host/open.hpp"

namespace autodidact {

namespace {

constexpr std::int64_t kClasses = 3, kBatch = 16;

Context context_for(const TokenShape& shape, Services& services) {
  Context context;
  context.channels = 1;
  context.length = 64;
  context.n_train = kBatch;  // fit gets them all
  context.n_classes = shape.n_classes;
  context.total_steps = 64;
  context.host = &services;
  context.layout = shape.layout;
  for (const Stream& s : shape.layout) {
    const bool has_codes = s.first == 0 && shape.code_width > 0;
    context.codebooks.push_back(has_codes ? std::optional(bench_normal({s.vocabulary, shape.code_width}, 90))
                                          : std::nullopt);
  }
  return context;
}

}  // namespace

TokenShape prior_grid() {
  return {{{.name = "all", .height = 1, .width = 12, .channels = 4, .vocabulary = 8, .first = 0}}};
}
TokenShape prior_two_grids() {
  return {{{.name = "lf", .height = 2, .width = 3, .channels = 4, .vocabulary = 8, .first = 0},
           {.name = "hf", .height = 3, .width = 4, .channels = 4, .vocabulary = 6, .first = 6}}};
}
TokenShape prior_tiny_grid() {
  return {{{.name = "all", .height = 1, .width = 3, .channels = 4, .vocabulary = 3, .first = 0}}};
}

at::Tensor bench_labels(std::int64_t n) { return at::arange(n, at::kLong).remainder(kClasses); }

at::Tensor bench_tokens(std::int64_t n, const Layout& layout) {
  std::vector<at::Tensor> parts;
  for (const Stream& s : layout) {
    const at::Tensor position = at::arange(s.count(), at::kLong).unsqueeze(0);
    const at::Tensor plain = (2 * bench_labels(n).unsqueeze(1) + position).remainder(s.vocabulary);
    const at::Tensor other =
        (bench_uniform({n, s.count()}, 30 + s.first) * s.vocabulary).to(at::kLong).clamp_max(s.vocabulary - 1);
    parts.push_back(at::where(bench_uniform({n, s.count()}, 60 + s.first).lt(0.125), other, plain));
  }
  return at::cat(parts, 1);
}

PriorSubject::PriorSubject(std::unique_ptr<Services> given_services, std::unique_ptr<Prior> made,
                           const Candidate& candidate, const TokenShape& shape)
    : Guarded(std::move(given_services), std::move(made)),
      gradient_(candidate.info.can("gradient")),
      sample_(candidate.sample),
      tokens_(bench_tokens(kBatch, shape.layout)),
      y_(shape.n_classes ? bench_labels(kBatch).remainder(*shape.n_classes) : at::Tensor()),
      mask_(bench_uniform(tokens_.sizes().vec(), 5).lt(0.5)) {}

void PriorSubject::calls(std::int64_t step, const Use& use) {
  at(bench_step(step));
  if (gradient_) return use(object->fit_step(tokens_, y_, bench_step(step)).total);
  if (step == 0) object->fit(tokens_, y_);
  use(at::zeros({}));
}

State PriorSubject::answers() {
  State out = {{"samples", sample(6, {}, 0)}};
  if (auto* masked = object->masked_log_probs())
    for (const at::Tensor& rows : masked->masked_log_probs(tokens_, mask_, {}))
      out.emplace_back("masked log-probabilities", rows);
  if (auto* exact = object->exact_likelihood()) out.emplace_back("log-likelihoods", exact->log_likelihood(tokens_, {}));
  return out;
}

std::vector<at::Tensor> PriorSubject::given() {
  std::vector<at::Tensor> all = {tokens_, mask_};
  if (y_.defined()) all.push_back(y_);
  return all;
}

at::Tensor PriorSubject::sample(std::int64_t n, const at::Tensor& y, std::int64_t first, const Params& values) {
  object->train(false);
  at(bench_step(0));
  return object->sample(n, y, first, values);
}

std::unique_ptr<PriorSubject> PriorWorkshop::make_for(const TokenShape& shape, const Making& making) const {
  auto services = bench_services("prior", making);
  auto object =
      open_prior(candidate().info, making.params ? *making.params : candidate().train, context_for(shape, *services));
  return std::make_unique<PriorSubject>(std::move(services), std::move(object), candidate(), shape);
}

std::unique_ptr<PriorSubject> PriorWorkshop::frozen(const TokenShape& shape, std::int64_t steps) const {
  auto subject = make_for(shape);
  subject->train(true);
  BenchOptimizer optimizer(1e-3);
  for (std::int64_t step = 0; step < steps; ++step) subject->step(step, &optimizer);
  subject->train(false);
  return subject;
}

std::unique_ptr<Prior> PriorWorkshop::bare(Services& services) const {
  return open_bare_prior(candidate().info, candidate().train, context_for(prior_grid(), services));
}

std::unique_ptr<KindWorkshop> prior_workshop(const Candidate& candidate) {
  return std::make_unique<PriorWorkshop>(candidate);
}

}  // namespace autodidact
