#include "thesis_network.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <map>
#include <set>
#include <string>

namespace autodidact::maskgit {
namespace {

NetworkOptions small() {
  NetworkOptions o;
  o.own = {.tokens = 5, .codes = 7, .embedding = 8, .codebook = std::nullopt};
  o.classes = 3;
  o.hidden = 16;
  o.layers = 2;
  return o;
}
NetworkOptions small(const at::Tensor& codebook) {
  NetworkOptions o = small();
  o.own.codebook = codebook;
  return o;
}
std::vector<Parameter> parameters_of(const Network& network) {
  nn::State state;
  network.list(state);
  return state.parameters;
}
at::Tensor logits(const Network& network, const at::Tensor& ids, const at::Tensor& classes, const at::Tensor& rows) {
  return network.begin({})->logits(ids, classes, rows);
}
const at::Tensor kIds = at::tensor({0, 7, 2, 7, 4, /**/ 7, 7, 7, 6, 5}, at::kLong).view({2, 5});
const at::Tensor kClasses = at::tensor({1, 3}, at::kLong);

TEST(ThesisNetwork, TakesItsTokenTableFromTheCodebook) {
  at::manual_seed(1);
  const at::Tensor codebook = at::randn({7, 8});
  const ThesisNetwork network(small(codebook));
  for (const Parameter& parameter : parameters_of(network))
    if (parameter.name == "token_table") {
      EXPECT_EQ(parameter.tensor.sizes(), (std::vector<std::int64_t>{8, 8}));
      EXPECT_TRUE(at::equal(parameter.tensor.narrow(0, 0, 7), codebook));
    }
}

// Earlier tokens' vectors, from their n positions to the own N by a convolution of width 1, in front of the own
// vectors.
TEST(ThesisNetwork, TheConditionStandsInFront) {
  at::manual_seed(4);
  NetworkOptions options = small();
  options.earlier = {{.tokens = 3, .codes = 6, .embedding = 4, .codebook = std::nullopt}};
  const ThesisNetwork network(options);
  std::map<std::string, at::Tensor> by_name;
  for (const Parameter& parameter : parameters_of(network)) by_name[parameter.name] = parameter.tensor;
  const at::Tensor earlier = at::tensor({5, 0, 2, /**/ 1, 1, 4}, at::kLong).view({2, 3});
  const at::Tensor condition =
      at::conv1d(at::embedding(by_name.at("condition0.table"), earlier),  // (B, n, E), the channels are positions
                 by_name.at("condition0.project.weight").view({5, 3, 1}), by_name.at("condition0.project.bias"));
  EXPECT_EQ(condition.sizes(), (std::vector<std::int64_t>{2, 5, 4}));
  const at::Tensor want = network.logits_of_vectors(at::cat({condition, network.vectors(kIds)}, 2), kClasses, {});
  EXPECT_TRUE(at::allclose(network.begin({earlier})->logits(kIds, kClasses, {}), want, 1e-5, 1e-6));
}

TEST(ThesisNetwork, CodebookInputHasAHeadOfItsOwn) {
  at::manual_seed(1);
  const at::Tensor codebook = at::randn({7, 8});
  NetworkOptions options = small(codebook);
  options.input = Input::codebook;
  const ThesisNetwork network(options);
  std::set<std::string> names;
  for (const Parameter& parameter : parameters_of(network)) {
    names.insert(parameter.name);
    if (parameter.name == "token_table") {
      EXPECT_TRUE(at::equal(parameter.tensor.narrow(0, 0, 7), codebook));
    }
    if (parameter.name == "head_codes.weight") {
      EXPECT_EQ(parameter.tensor.sizes(), (std::vector<std::int64_t>{7, 8}));
    }
  }
  EXPECT_TRUE(names.count("head_codes.bias"));
  EXPECT_FALSE(names.count("head_bias"));
  at::NoGradGuard no_grad;
  // A token enters as its vector, whatever the head.
  at::Tensor vectors = at::embedding(parameters_of(network)[0].tensor, kIds);
  EXPECT_TRUE(at::equal(logits(network, kIds, kClasses, {}), network.logits_of_vectors(vectors, kClasses, {})));
}

TEST(ThesisNetwork, ParametersAreLeavesWithUniqueNames) {
  const ThesisNetwork network(small());
  std::set<std::string> names;
  for (const Parameter& parameter : parameters_of(network)) {
    EXPECT_TRUE(parameter.tensor.is_leaf() && parameter.tensor.requires_grad()) << parameter.name;
    EXPECT_TRUE(names.insert(parameter.name).second) << parameter.name;
  }
  EXPECT_EQ(names.size(), 9u + 2u * 8u + 5u - 0u);
}

TEST(ThesisNetwork, ThesisSizeHasThePublishedNumberOfWeights) {
  NetworkOptions options;
  options.own = {.tokens = 40, .codes = 32, .codebook = std::nullopt};
  options.classes = 4;
  const ThesisNetwork network(options);
  std::int64_t count = 0;
  for (const Parameter& parameter : parameters_of(network)) count += parameter.tensor.numel();
  // Tables 33 x 64 + 41 x 64 + 5 x 64, norms and head, positions 41 x 256, four layers, two projections, head bias.
  const std::int64_t layer = 256 + 256 * 384 + 128 * 256 + 256 + 2 * (256 * 256 + 256);
  EXPECT_EQ(count, (33 + 41 + 5) * 64 + 2 * 128 + 64 * 64 + 64 + 41 * 256 + 4 * layer + 256 + 2 * 64 * 256 + 40 * 33);
}

TEST(ThesisNetwork, RowsAreThoseOfTheWhole) {
  at::manual_seed(2);
  const ThesisNetwork network(small());
  at::NoGradGuard no_grad;
  const at::Tensor whole = logits(network, kIds, kClasses, {});
  EXPECT_EQ(whole.sizes(), (std::vector<std::int64_t>{10, 7}));
  const at::Tensor rows = at::tensor({1, 4, 5, 9}, at::kLong);
  EXPECT_TRUE(at::allclose(logits(network, kIds, kClasses, rows), whole.index_select(0, rows), 1e-5, 1e-6));
}

TEST(ThesisNetwork, SeesEveryTokenAndTheClass) {
  at::manual_seed(3);
  const ThesisNetwork network(small());
  at::NoGradGuard no_grad;
  const at::Tensor base = logits(network, kIds, kClasses, at::tensor({1}, at::kLong));
  at::Tensor other = kIds.clone();
  other[0][4] = 3;
  EXPECT_GT((logits(network, other, kClasses, at::tensor({1}, at::kLong)) - base).abs().max().item<double>(), 1e-4);
  const at::Tensor classes = at::tensor({2, 3}, at::kLong);
  EXPECT_GT((logits(network, kIds, classes, at::tensor({1}, at::kLong)) - base).abs().max().item<double>(), 1e-4);
}

TEST(ThesisNetwork, DropoutActsInTrainingOnVisibleTokensOnly) {
  NetworkOptions options = small();
  options.dropout = 0.5;
  at::manual_seed(4);
  ThesisNetwork network(options);
  at::NoGradGuard no_grad;
  const at::Tensor masked = at::full({2, 5}, 7, at::kLong);
  EXPECT_TRUE(at::equal(logits(network, masked, kClasses, {}), logits(network, masked, kClasses, {})));
  EXPECT_FALSE(at::equal(logits(network, kIds, kClasses, {}), logits(network, kIds, kClasses, {})));
  network.train(false);
  EXPECT_TRUE(at::equal(logits(network, kIds, kClasses, {}), logits(network, kIds, kClasses, {})));
}

TEST(ThesisNetwork, Bfloat16IsCloseWithItsGradients) {
  at::manual_seed(5);
  NetworkOptions options = small();
  options.hidden = 64;
  const ThesisNetwork wide(options);
  options.bf16 = true;
  const ThesisNetwork narrow(options);
  std::vector<at::Tensor> a, b;
  for (const Parameter& parameter : parameters_of(wide)) a.push_back(parameter.tensor);
  for (const Parameter& parameter : parameters_of(narrow)) b.push_back(parameter.tensor);
  {
    at::NoGradGuard no_grad;
    for (std::size_t i = 0; i < a.size(); ++i) b[i].copy_(a[i]);
  }
  const at::Tensor want = logits(wide, kIds, kClasses, {}), got = logits(narrow, kIds, kClasses, {});
  EXPECT_EQ(got.scalar_type(), at::kFloat);
  EXPECT_LT((got - want).norm().item<double>(), 0.03 * want.norm().item<double>());
  const auto grads_want = torch::autograd::grad({want.log_softmax(1).sum()}, a);
  const auto grads_got = torch::autograd::grad({got.log_softmax(1).sum()}, b);
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(grads_got[i].scalar_type(), at::kFloat);
    EXPECT_LT((grads_got[i] - grads_want[i]).norm().item<double>(), 0.05 * grads_want[i].norm().item<double>() + 1e-4)
        << parameters_of(wide)[i].name;
  }
}

}  // namespace
}  // namespace autodidact::maskgit
