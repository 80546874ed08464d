// Weights of a published network under its own names, and back.
#pragma once

#include <string>
#include <vector>

#include "autodidact/plugin/golden.hpp"
#include "common/nn/state.hpp"

namespace autodidact::maskgit {

// One of our tensors and the reference's it is made of: several are stacked along dimension 0. With `rows`, ours are
// the first so many of the reference's, whose others have no part in the result.
struct Names {
  std::string ours;
  std::vector<std::string> theirs;
  std::int64_t rows = 0;
};

// Every tensor of `state` from the group's inputs w:<name>; throws if a name is missing or a shape differs.
void load_weights(const nn::State& state, const std::vector<Names>& names, const GoldenCase& golden);
// The gradients of the parameters as grad:<name>.
void store_gradients(const nn::State& state, const std::vector<Names>& names, const GoldenCase& golden,
                     GoldenResult& out);
// (B) the group's classes, or `none` for each series.
at::Tensor golden_classes(const GoldenCase& golden, std::int64_t batch, std::int64_t none);

}  // namespace autodidact::maskgit
