#include "torchscript.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "autodidact/plugin/error.hpp"
#include "common/ssl/test_support.hpp"
#include "test_scripts.hpp"

namespace autodidact::torchscript {
namespace {

using namespace ssl::testing_support;
using namespace testing_support;

struct TorchScriptTest : testing::Test {
  void SetUp() override { at::manual_seed(17); }
  TestHost host;
  std::unique_ptr<TorchScript> make(const std::string& bytes, std::int64_t pooled = 6) {
    Context context;
    context.host = &host;
    context.pooled = pooled;
    return std::make_unique<TorchScript>(Params({{"file", bytes}}), context);
  }
  static std::vector<std::string> names(Objective& objective) {
    std::vector<std::string> all;
    for (const Parameter& p : objective.parameters()) all.push_back(p.name);
    for (const Buffer& b : objective.buffers()) all.push_back(b.name);
    return all;
  }
  static at::Tensor buffer(Objective& objective, const std::string& name) {
    for (const Buffer& b : objective.buffers())
      if (b.name == name) return b.tensor;
    throw std::logic_error(name);
  }
};

TEST_F(TorchScriptTest, IsTheFunctionItWasExportedFrom) {
  const auto objective = make(archive_of("return (a - 2 * b).square().mean()"));
  const at::Tensor a = at::randn({4, 6}).set_requires_grad(true), b = at::randn({4, 6}).set_requires_grad(true);
  const Loss loss = objective->loss(pair_of(a, b));
  EXPECT_TRUE(at::allclose(loss.total, (a - 2 * b).square().mean()));
  EXPECT_TRUE(at::equal(loss.total, loss.terms[0].second));
  loss.total.backward();
  EXPECT_TRUE(at::allclose(a.grad(), 2 * (a - 2 * b).detach() / 24.0));
  EXPECT_TRUE(objective->parameters().empty());
  EXPECT_TRUE(objective->buffers().empty());
}

TEST_F(TorchScriptTest, GradientEqualsFiniteDifferences) {
  const auto objective = make(archive(stateful(3)), 3);
  objective->train(false);
  widen(*objective);
  const at::Tensor a = leaf64(at::randn({5, 3})), b = leaf64(at::randn({5, 3}));
  std::vector<at::Tensor> leaves = leaves_of(*objective, "projector.weight");
  leaves.insert(leaves.end(), {a, b});
  EXPECT_LT(gradient_error([&] { return objective->loss(pair_of(a, b)).total; }, leaves), 1e-6);
}

TEST_F(TorchScriptTest, StateIsListedUnderItsNames) {
  const auto objective = make(archive(stateful(6)));
  EXPECT_EQ(names(*objective), (std::vector<std::string>{"projector.weight", "scale", "mean", "calls"}));
  ASSERT_EQ(objective->parameters().size(), 1u);
  EXPECT_TRUE(objective->parameters()[0].tensor.requires_grad());
  EXPECT_EQ(buffer(*objective, "calls").scalar_type(), at::kLong);
  EXPECT_EQ(buffer(*objective, "scale").item<float>(), 3.0f);
}

TEST_F(TorchScriptTest, CreatingMovesNeitherStateNorTheGenerator) {
  const std::string bytes = archive(stateful(6));
  const at::Tensor before = at::globalContext().defaultGenerator(at::kCPU).get_state();
  const auto objective = make(bytes);
  make(archive_of("return (torch.dropout(a, 0.5, True) - b).square().mean()"));
  EXPECT_TRUE(at::equal(before, at::globalContext().defaultGenerator(at::kCPU).get_state()));
  EXPECT_EQ(buffer(*objective, "mean").abs().max().item<float>(), 0.0f);
  EXPECT_EQ(buffer(*objective, "calls").item<std::int64_t>(), 0);
  EXPECT_FALSE(objective->parameters()[0].tensor.grad().defined());
}

// The host keeps the tensors it was shown; what forward puts in their place must arrive in them.
TEST_F(TorchScriptTest, BuffersThatForwardReplacesArriveInTheListedTensors) {
  const auto objective = make(archive(stateful(6)));
  const at::Tensor mean = buffer(*objective, "mean"), weight = objective->parameters()[0].tensor;
  const at::Tensor a = at::randn({4, 6}), b = at::randn({4, 6});
  at::Tensor want = at::zeros({2});
  for (int step = 0; step < 3; ++step) {
    objective->loss(pair_of(a, b)).total.backward();
    objective->after_step({});
    want = 0.5 * want + 0.5 * at::mm(a, weight.detach()).mean(0);
    EXPECT_TRUE(at::allclose(mean, want)) << step;
    EXPECT_FALSE(mean.requires_grad());
    EXPECT_TRUE(buffer(*objective, "mean").is_same(mean));
  }
  EXPECT_EQ(buffer(*objective, "calls").item<std::int64_t>(), 3);
  // And what the host writes there is what forward reads.
  mean.fill_(100);
  objective->train(false);
  const double high = objective->loss(pair_of(a, b)).total.item<double>();
  mean.zero_();
  EXPECT_NE(objective->loss(pair_of(a, b)).total.item<double>(), high);
}

TEST_F(TorchScriptTest, EvaluationIsPassedOn) {
  const auto objective = make(archive(stateful(6)));
  objective->train(false);
  objective->loss(pair_of(at::randn({4, 6}), at::randn({4, 6})));
  EXPECT_EQ(buffer(*objective, "calls").item<std::int64_t>(), 0);
  objective->train(true);
  objective->loss(pair_of(at::randn({4, 6}), at::randn({4, 6})));
  EXPECT_EQ(buffer(*objective, "calls").item<std::int64_t>(), 1);
}

TEST_F(TorchScriptTest, EveryCallOfOneSeedGivesTheSameBytes) {
  const auto objective = make(archive_of("return (torch.dropout(a, 0.5, True) - torch.relu(b) * 1.7).square().mean()"));
  const at::Tensor a = at::randn({16, 6}), b = at::randn({16, 6});
  at::manual_seed(5);
  const double first = objective->loss(pair_of(a, b)).total.item<double>();
  for (int call = 0; call < 4; ++call) {  // an executor that profiles would change the graph after two
    at::manual_seed(5);
    EXPECT_EQ(objective->loss(pair_of(a, b)).total.item<double>(), first);
  }
}

TEST_F(TorchScriptTest, OneTensorUnderTwoNamesIsOneParameter) {
  torch::jit::Module module = module_of("def forward(self, a, b):\n  return (a * 0).mean() + (b * 0).mean()\n");
  const at::Tensor weight = at::randn({6, 6}).set_requires_grad(true);
  module.register_parameter("first", weight, false);
  module.register_parameter("second", weight, false);
  module.define("def both(self, a):\n  return (a @ self.first @ self.second).mean()\n");
  torch::jit::Module tied("__torch__.Tied");
  tied.register_attribute("training", c10::BoolType::get(), true);
  tied.register_module("inner", module);
  tied.define("def forward(self, a, b):\n  return self.inner.both(a) - b.mean()\n");
  const auto objective = make(archive(tied));
  EXPECT_EQ(names(*objective), std::vector<std::string>{"inner.first"});
  const at::Tensor a = at::randn({4, 6}), leaf = objective->parameters()[0].tensor;
  objective->loss(pair_of(a, a)).total.backward();
  const at::Tensor w = leaf64(weight);
  at::mm(at::mm(a.to(at::kDouble), w), w).mean().backward();  // both uses count
  EXPECT_LT(relative_error(leaf.grad().to(at::kDouble), w.grad()), 1e-5);
}

TEST_F(TorchScriptTest, TheExampleIsBarlowTwins) {
  const std::filesystem::path file = std::filesystem::path(AUTODIDACT_PLUGIN_DIR) / "objective_torchscript_example.pt";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "the build had no Python with torch";
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  for (const std::int64_t features : {2, 128}) {
    const auto objective = make(bytes, features);
    const at::Tensor z = at::randn({32, features});
    // Of an embedding with itself what counts are the squared correlations of different features.
    const double want = 0.005 * (at::corrcoef(z.t()).square().sum().item<double>() - features) / features;
    EXPECT_NEAR(objective->loss(pair_of(z, z)).total.item<double>(), want, 1e-4 * (1 + want));
  }
}

}  // namespace
}  // namespace autodidact::torchscript
