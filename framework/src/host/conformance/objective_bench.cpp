#include "host/conformance/objective_bench.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "host/open.hpp"

namespace autodidact {

namespace {

constexpr std::int64_t kBatch = 16;

Embedding side(const ViewShape& shape, std::int64_t batch, std::int64_t which, bool gradient) {
  Embedding e;
  std::vector<at::Tensor> pooled;
  std::int64_t stream = 0;
  for (const Stream& s : shape.layout) {
    const std::vector<std::int64_t> sizes = {batch, s.channels, s.height, s.width};
    const at::Tensor map = bench_normal(sizes, 10 + stream) + 0.3 * bench_normal(sizes, 20 + 10 * which + stream);
    e.maps.push_back(map.requires_grad_(gradient));
    pooled.push_back(map.detach().flatten(2).mean(2));
    if (shape.pool == Pool::avgmax) pooled.push_back(map.detach().flatten(2).amax(2));
    ++stream;
  }
  e.pooled = at::cat(pooled, 1).requires_grad_(gradient);
  return e;
}

Context context_for(const ViewShape& shape, Services& services) {
  Context context;
  context.channels = 1;
  context.length = 64;
  context.n_train = 64;
  context.n_classes = shape.n_classes;
  context.total_steps = 64;
  context.host = &services;
  context.layout = shape.layout;
  std::int64_t stream = 0;
  for (const Stream& s : shape.layout) {
    context.pooled += (shape.pool == Pool::avgmax ? 2 : 1) * s.channels;
    context.codebooks.emplace_back(bench_normal({s.vocabulary, s.channels}, 100 + stream++));
  }
  return context;
}

}  // namespace

ViewShape one_stream() {
  return {{{.name = "all", .height = 2, .width = 6, .channels = 8, .vocabulary = 16, .first = 0}}};
}
ViewShape two_streams() {
  return {{{.name = "lf", .height = 2, .width = 4, .channels = 8, .vocabulary = 16, .first = 0},
           {.name = "hf", .height = 3, .width = 5, .channels = 4, .vocabulary = 32, .first = 8}}};
}

ObjectiveInput view_pair(const Candidate& candidate, const ViewShape& shape, std::int64_t batch, std::int64_t step) {
  ObjectiveInput input;
  input.a = side(shape, batch, 0, true);
  input.b = side(shape, batch, 1, true);
  input.info = bench_step(step);
  if (candidate.info.can("target_tokenizer")) {
    input.target_a = side(shape, batch, 2, false);
    input.target_b = side(shape, batch, 3, false);
  }
  return input;
}

void ObjectiveSubject::calls(std::int64_t step, const Use& use) {
  input_.info = bench_step(step);
  use(loss_of(input_).total);
}

Loss ObjectiveSubject::loss_of(const ObjectiveInput& input) {
  at(input.info);
  return object->loss(input);
}

void ObjectiveSubject::after_step(std::int64_t step) {
  for (Embedding* e : {&input_.a, &input_.b}) {
    e->pooled.mutable_grad().reset();
    for (at::Tensor& map : e->maps) map.mutable_grad().reset();
  }
  object->momentum(bench_step(step));
  object->after_step(bench_step(step));
}

State ObjectiveSubject::answers() {
  object->train(false);
  const at::NoGradGuard no_grad;
  input_.info = bench_step(0);
  return {{"the loss in eval mode", loss_of(input_).total}};
}

std::vector<at::Tensor> ObjectiveSubject::given() {
  std::vector<at::Tensor> all;
  const auto add = [&](const Embedding& e) {
    all.push_back(e.pooled);
    all.insert(all.end(), e.maps.begin(), e.maps.end());
  };
  add(input_.a);
  add(input_.b);
  if (input_.target_a) add(*input_.target_a);
  if (input_.target_b) add(*input_.target_b);
  return all;
}

std::unique_ptr<ObjectiveSubject> ObjectiveWorkshop::make_for(const ViewShape& shape, const Making& making) const {
  auto services = bench_services("objective", making);
  auto object = open_objective(candidate().info, making.params ? *making.params : candidate().train,
                               context_for(shape, *services));
  return std::make_unique<ObjectiveSubject>(std::move(services), std::move(object),
                                            view_pair(candidate(), shape, kBatch, 0));
}

std::unique_ptr<Objective> ObjectiveWorkshop::bare(Services& services) const {
  return open_bare_objective(candidate().info, candidate().train, context_for(one_stream(), services));
}

ObjectiveInput ObjectiveWorkshop::pair(std::int64_t batch, std::int64_t step) const {
  return view_pair(candidate(), one_stream(), batch, step);
}

std::unique_ptr<KindWorkshop> objective_workshop(const Candidate& candidate) {
  return std::make_unique<ObjectiveWorkshop>(candidate);
}

}  // namespace autodidact
