// A small prior on one stream or two, tokens it can learn, and an optimiser.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/transformer/test_host.hpp"
#include "maskgit.hpp"

namespace autodidact::maskgit {

using Values = std::map<std::string, ParamValue>;
using Integers = std::vector<std::int64_t>;
using Reals = std::vector<double>;

inline Values small_params() {
  return {{"network", std::string("thesis")},
          {"hidden", Integers{32}},
          {"layers", Integers{2}},
          {"heads", Integers{2}},
          {"ff_mult", Integers{1}},
          {"embedding", std::int64_t{0}},
          {"input", std::string("token")},
          {"second_positions", true},
          {"p_unconditional", 0.2},
          {"schedule", std::string("cosine")},
          {"mask_convention", std::string("mask")},
          {"mask_ratio", std::string("series")},
          {"loss_on", std::string("masked")},
          {"stream_loss", std::string("sum")},
          {"label_smoothing", 0.0},
          {"dropout", 0.0}};
}
inline Params sampling(Integers steps = {6}, Reals temperature = {4.0}, Reals guidance = {1.0}) {
  return Params({{"steps", std::move(steps)},
                 {"choice_temperature", std::move(temperature)},
                 {"guidance_scale", std::move(guidance)}});
}

struct MaskGitTest : testing::Test {
  static constexpr std::int64_t kTokens = 6, kCodes = 5, kClasses = 3;
  testing_support::TestHost host;

  void SetUp() override { at::set_num_threads(1); }  // tiny products: threads only wait for each other

  Context context() {
    Context out;
    out.host = &host;
    out.n_classes = kClasses;
    out.layout = {{.name = "all", .height = 2, .width = 3, .vocabulary = kCodes, .first = 0}};
    out.codebooks = {std::nullopt};
    return out;
  }
  // Equal weights whatever the parameters are.
  std::unique_ptr<MaskGit> make(const Context& in, const Values& changes = {}) {
    Values values = small_params();
    for (const auto& [name, value] : changes) values[name] = value;
    at::manual_seed(11);
    return std::make_unique<MaskGit>(Params(values), in);
  }
  std::unique_ptr<MaskGit> make(const Values& changes = {}) { return make(context(), changes); }

  // Series of class c hold the codes c, c + 1, c, c + 1, ...
  at::Tensor y = at::arange(60).remainder(kClasses);
  at::Tensor tokens = y.unsqueeze(1) + at::arange(kTokens).remainder(2);

  // AdamW as in the protocol; returns the losses.
  std::vector<double> fit(MaskGit& prior, const at::Tensor& series, int steps) {
    std::vector<at::Tensor> weights, first, second, counts;
    for (const Parameter& parameter : prior.parameters()) {
      weights.push_back(parameter.tensor);
      first.push_back(at::zeros_like(parameter.tensor));
      second.push_back(at::zeros_like(parameter.tensor));
      counts.push_back(at::zeros({}));
    }
    std::vector<double> losses;
    for (int step = 0; step < steps; ++step) {
      at::manual_seed(static_cast<std::uint64_t>(step));
      const Loss loss = prior.fit_step(series, y, {});
      loss.total.backward();
      at::NoGradGuard no_grad;
      std::vector<at::Tensor> grads;
      for (const at::Tensor& weight : weights) grads.push_back(weight.grad());
      for (at::Tensor& count : counts) count.add_(1);
      at::_fused_adamw_(weights, grads, first, second, {}, counts, 3e-3, 0.9, 0.999, 1e-3, 1e-8, false, false);
      for (at::Tensor& weight : weights) weight.mutable_grad().reset();
      losses.push_back(loss.total.item<double>());
    }
    return losses;
  }
  std::vector<double> fit(MaskGit& prior, int steps) { return fit(prior, tokens, steps); }
};

}  // namespace autodidact::maskgit
