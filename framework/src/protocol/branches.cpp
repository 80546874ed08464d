#include "protocol/branches.hpp"

#include <ATen/ATen.h>

#include "data/augment.hpp"
#include "host/random.hpp"

namespace autodidact {
namespace {

void add_terms(Loss& loss, const std::string& prefix, const Scalars& terms, double weight) {
  for (const auto& [name, value] : terms) loss.terms.emplace_back(prefix + name, value.detach() * weight);
}

}  // namespace

Loss Branches::operator()(const at::Tensor& x, const StepInfo& info) {
  const View a = forward(x, Path::quantised, /*update=*/true, info, 0);
  Loss loss{a.total, {}, a.logs};
  add_terms(loss, "", a.terms, 1.0);
  if (!run_.two_branch()) return loss;

  const Path path = run_.ssl.pairing == "quantised" ? Path::quantised : Path::continuous;
  const at::Tensor first = augmented(x, info, 1);
  const View b = forward(first, path, false, info, 1);
  loss.total = loss.total + run_.ssl.rho * b.total;
  add_terms(loss, "view1/", b.terms, run_.ssl.rho);
  if (run_.ssl.views == 1) {
    if (objective_) add_objective(loss, {&a, x, 0}, {&b, first, 1}, info);
    return loss;
  }
  const at::Tensor second = augmented(x, info, 2);
  const View c = forward(second, path, false, info, 2);
  loss.total = loss.total + run_.ssl.rho * c.total;
  add_terms(loss, "view2/", c.terms, run_.ssl.rho);
  if (objective_) add_objective(loss, {&b, first, 1}, {&c, second, 2}, info);
  return loss;
}

View Branches::forward(const at::Tensor& x, Path path, bool update, StepInfo info, std::int64_t call) {
  info.call = call;
  tokenizer_.services->at_call(info.epoch, info.step, call);
  return tokenizer_->forward(x, {path, update}, info);
}

at::Tensor Branches::augmented(const at::Tensor& x, const StepInfo& info, std::int64_t call) const {
  at::Generator generator = generator_for(
      {static_cast<std::uint64_t>(run_.seed), "tokenizer", "protocol", "augment", info.epoch, info.step, call});
  return augment(x, run_.augmentation_steps, generator);
}

// Quantised original with continuous view, both continuous, or both quantised. Call 0 is the original.
bool Branches::shows_quantised(std::int64_t call) const {
  return run_.ssl.pairing == "quantised" || (run_.ssl.pairing == "quantised_continuous" && call == 0);
}

Embedding Branches::embed(const View& view, bool quantised) const {
  const std::vector<at::Tensor>& maps = quantised ? view.z_q : view.z;
  return {maps, pool(maps, run_.ssl.pool)};
}

void Branches::add_objective(Loss& loss, const Side& a, const Side& b, const StepInfo& info) {
  ObjectiveInput input;
  input.a = embed(*a.view, shows_quantised(a.call));
  input.b = embed(*b.view, shows_quantised(b.call));
  if (target_) {
    const auto follower = [&](const Side& side) {
      const bool quantised = shows_quantised(side.call);
      const Path path = quantised ? Path::quantised : Path::continuous;
      return embed(target_->forward(side.x, path, info, 8 + side.call), quantised);
    };
    input.target_a = follower(a);
    input.target_b = follower(b);
  }
  input.info = info;
  objective_->services->at_call(info.epoch, info.step, 0);
  const Loss own = (*objective_)->loss(input);
  loss.total = loss.total + run_.ssl.weight * own.total;
  add_terms(loss, "ssl/", own.terms, run_.ssl.weight);
  for (const auto& [name, value] : own.logs) loss.logs.emplace_back("ssl/" + name, value);
}

}  // namespace autodidact
