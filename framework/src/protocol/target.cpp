#include "protocol/target.hpp"

#include <ATen/ATen.h>

#include "protocol/state.hpp"

namespace autodidact {

TargetTokenizer::TargetTokenizer(const Run& run, const DataShape& shape, Tokenizer& online, const Progress& progress)
    : TargetTokenizer(make_tokenizer(run, shape, "target", progress), online) {}

TargetTokenizer::TargetTokenizer(Live<Tokenizer> copy, Tokenizer& online) : tokenizer_(std::move(copy)) {
  follow(online, 0.0);
  for (Parameter& p : tokenizer_->parameters()) p.tensor.requires_grad_(false);
  tokenizer_->train(true);
}

View TargetTokenizer::forward(const at::Tensor& x, Path path, StepInfo info, std::int64_t call) {
  const at::NoGradGuard no_grad;
  info.call = call;
  tokenizer_.services->at_call(info.epoch, info.step, call);
  return tokenizer_->forward(x, {path, /*update_state=*/false}, info);
}

void TargetTokenizer::follow(Tokenizer& online, double m) {
  const at::NoGradGuard no_grad;
  const auto mine = tokenizer_->parameters(), theirs = online.parameters();
  for (std::size_t i = 0; i < mine.size(); ++i) {
    at::Tensor value = mine[i].tensor.detach();
    value.mul_(m).add_(theirs[i].tensor.detach(), 1.0 - m);
  }
  const auto own = tokenizer_->buffers(), source = online.buffers();
  for (std::size_t i = 0; i < own.size(); ++i) at::Tensor(own[i].tensor).copy_(source[i].tensor);
}

std::vector<Buffer> TargetTokenizer::state() { return state_of(tokenizer_->parameters(), tokenizer_->buffers()); }

}  // namespace autodidact
