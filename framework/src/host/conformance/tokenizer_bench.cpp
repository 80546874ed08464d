#include "host/conformance/tokenizer_bench.hpp"

#include <ATen/ATen.h>

#include "host/open.hpp"

namespace autodidact {

namespace {

constexpr std::int64_t kBatch = 4;

Context context_for(const SeriesShape& shape, Services& services) {
  Context context;
  context.channels = shape.channels;
  context.length = shape.length;
  context.n_train = 64;
  context.n_classes = shape.n_classes;
  context.total_steps = 64;
  context.host = &services;
  return context;
}

}  // namespace

std::string shape_text(const SeriesShape& shape) {
  return "(C = " + std::to_string(shape.channels) + ", L = " + std::to_string(shape.length) + ")";
}

TokenizerSubject::TokenizerSubject(std::unique_ptr<Services> given_services, std::unique_ptr<Tokenizer> made,
                                   const SeriesShape& shape)
    : Guarded(std::move(given_services), std::move(made)),
      x_(bench_series(kBatch, shape.channels, shape.length)),
      view_(x_.flip({2})) {}

void TokenizerSubject::calls(std::int64_t step, const Use& use) {
  StepInfo info = bench_step(step);
  at(info);
  use(object->forward(x_, {Path::quantised, true}, info).total);
  info.call = 1;
  at(info);
  use(0.2 * object->forward(view_, {Path::continuous, false}, info).total);
}

State TokenizerSubject::answers(const at::Tensor& x) {
  object->train(false);
  at(bench_step(0));
  const at::Tensor tokens = object->encode(x, 0);
  State out = {{"tokens", tokens}, {"decoded series", object->decode(tokens)}};
  const Latents latents = object->latents(x);
  for (const at::Tensor& z : latents.z) out.emplace_back("z", z);
  for (const at::Tensor& z : latents.z_q) out.emplace_back("z_q", z);
  return out;
}

View TokenizerSubject::forward(const at::Tensor& x, Path path, bool update_state) {
  at(bench_step(0));
  return object->forward(x, {path, update_state}, bench_step(0));
}

std::unique_ptr<TokenizerSubject> TokenizerWorkshop::make_for(const SeriesShape& shape, const Making& making) const {
  auto services = bench_services("tokenizer", making);
  auto object = open_tokenizer(candidate().info, making.params ? *making.params : candidate().train,
                               context_for(shape, *services));
  return std::make_unique<TokenizerSubject>(std::move(services), std::move(object), shape);
}

std::unique_ptr<TokenizerSubject> TokenizerWorkshop::frozen() const {
  std::unique_ptr<Subject> made = settled();
  return std::unique_ptr<TokenizerSubject>(static_cast<TokenizerSubject*>(made.release()));
}

std::unique_ptr<Tokenizer> TokenizerWorkshop::bare(Services& services) const {
  return open_bare_tokenizer(candidate().info, candidate().train, context_for({}, services));
}

std::unique_ptr<KindWorkshop> tokenizer_workshop(const Candidate& candidate) {
  return std::make_unique<TokenizerWorkshop>(candidate);
}

}  // namespace autodidact
