// Files that cannot serve are refused when the objective is made, each with what was found and the fix.
#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autodidact/plugin/error.hpp"
#include "test_scripts.hpp"
#include "torchscript.hpp"

namespace autodidact::torchscript {
namespace {

using namespace testing_support;
using testing::HasSubstr;

std::string refusal(const std::string& bytes, std::int64_t pooled = 6) {
  Context context;
  context.pooled = pooled;
  try {
    TorchScript(Params({{"file", bytes}}), context);
  } catch (const ConfigError& e) {
    EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << "one line: " << e.what();
    return e.what();
  }
  return "taken";
}
std::string refusal_of(const std::string& body) { return refusal(archive_of(body)); }
std::string refusal_of_forward(const std::string& forward) { return refusal(archive(module_of(forward))); }

TEST(Refusals, WhatIsNoTorchScript) {
  EXPECT_THAT(refusal(""), HasSubstr("an empty file"));
  EXPECT_THAT(refusal("import torch\n"), HasSubstr("13 bytes: no archive"));
  EXPECT_THAT(refusal("PK\3\4 data.pkl"), HasSubstr("an archive without code, as torch.save writes"));
  const std::string whole = archive_of("return (a - b).square().mean()");
  EXPECT_EQ(refusal(whole), "taken");
  EXPECT_THAT(refusal(whole.substr(0, whole.size() / 2)), HasSubstr("a damaged archive"));
  EXPECT_THAT(refusal(""), HasSubstr("torch.jit.script(loss).save"));
}

TEST(Refusals, WrongInterfaces) {
  EXPECT_THAT(refusal_of_forward("def loss(self, a, b):\n  return (a - b).mean()\n"),
              HasSubstr("a module without forward"));
  EXPECT_THAT(refusal_of_forward("def forward(self, a):\n  return a.mean()\n"),
              HasSubstr("found forward(a: Tensor) -> Tensor, expected forward(a: Tensor, b: Tensor) -> Tensor"));
  EXPECT_THAT(refusal_of_forward("def forward(self, a, b, c):\n  return (a - b * c).mean()\n"),
              HasSubstr("give it exactly two arguments"));
  EXPECT_EQ(refusal_of_forward("def forward(self, a, b, weight: float = 2.0):\n  return weight * (a - b).mean()\n"),
            "taken");
  EXPECT_THAT(refusal_of_forward("def forward(self, a, b: int):\n  return a.mean() * b\n"),
              HasSubstr("found forward(a: Tensor, b: int) -> Tensor"));
  EXPECT_THAT(refusal_of_forward("def forward(self, a, b: List[Tensor]):\n  return a.mean() * len(b)\n"),
              HasSubstr("annotate the first two as Tensor"));
  EXPECT_THAT(refusal_of_forward("def forward(self, a, b):\n  return a.mean(), b.mean()\n"),
              HasSubstr("return one tensor"));
  EXPECT_THAT(refusal_of("return float((a - b).mean())"), HasSubstr("-> float, expected"));
}

TEST(Refusals, WrongShapes) {
  torch::jit::Module narrow("__torch__.Loss");
  narrow.register_parameter("weight", at::randn({4, 2}).set_requires_grad(true), false);
  narrow.define("def forward(self, a, b):\n  return ((a - b) @ self.weight).square().mean()\n");
  EXPECT_EQ(refusal(archive(narrow), 4), "taken");
  const std::string text = refusal(archive(narrow), 6);
  EXPECT_THAT(text, HasSubstr("forward failed for two embeddings (8, 6): RuntimeError"));
  EXPECT_THAT(text, HasSubstr("8x6 and 4x2"));
  EXPECT_THAT(text, HasSubstr("this run's latents have F = 6 features"));
  // A batch that was traced into the code.
  EXPECT_THAT(refusal_of("return (a - b).view([8, 6]).square().mean()"), HasSubstr("(5, 6)"));
  EXPECT_THAT(refusal_of("return (a - b).square().sum(1)"), HasSubstr("a result of shape (8)"));
  EXPECT_THAT(refusal_of("return (a - b).square().mean().view([1])"), HasSubstr("a result of shape (1)"));
}

TEST(Refusals, WrongNumbers) {
  EXPECT_THAT(refusal_of("return (a - b).mean().double()"), HasSubstr("found a result of Double"));
  EXPECT_THAT(refusal_of("return (a - b).mean() / 0"), HasSubstr("expected a finite number"));
  EXPECT_THAT(refusal_of("return (a * 0).sum().sqrt() + b.mean()"), HasSubstr("a gradient that is not finite"));
}

TEST(Refusals, NoGradient) {
  EXPECT_THAT(refusal_of("return (a - b).detach().square().mean()"), HasSubstr("no gradient path at all"));
  EXPECT_EQ(refusal_of("return (a - b.detach()).square().mean()"), "taken");  // a stop-gradient on one side
  torch::jit::Module module("__torch__.Loss");
  module.register_parameter("weight", at::randn({6}).set_requires_grad(true), false);
  module.define("def forward(self, a, b):\n  return ((a - b).detach() * self.weight).mean()\n");
  EXPECT_THAT(refusal(archive(module)), HasSubstr("no gradient for its inputs"));
}

TEST(Refusals, WritingToInputs) {
  EXPECT_THAT(refusal_of("return (a.mul_(2) - b).mean()"), HasSubstr("in-place operation"));
  EXPECT_THAT(refusal_of("a.detach().mul_(2)\n  return (a - b).square().mean()"), HasSubstr("wrote to its inputs"));
}

TEST(Refusals, StateThatNoRecordWouldHold) {
  torch::jit::Module module("__torch__.Loss");
  module.register_attribute("count", c10::IntType::get(), 3);
  module.define("def forward(self, a, b):\n  self.count += 1\n  return (a - b).square().mean() * self.count\n");
  EXPECT_THAT(refusal(archive(module)), HasSubstr("forward changed attribute 'count' from 3 to 5"));
  torch::jit::Module growing("__torch__.Loss");
  growing.register_buffer("seen", at::zeros({0, 6}));
  growing.define(
      "def forward(self, a, b):\n  self.seen = torch.cat([self.seen, a.detach()])\n  return (a - b).square().mean()\n");
  EXPECT_THAT(refusal(archive(growing)), HasSubstr("forward changed the shape or type of buffer 'seen'"));
  torch::jit::Module wide("__torch__.Loss");
  wide.register_parameter("weight", at::ones({6}, at::kDouble).set_requires_grad(true), false);
  wide.define("def forward(self, a, b):\n  return ((a - b) * self.weight).mean().float()\n");
  EXPECT_THAT(refusal(archive(wide)), HasSubstr("parameter 'weight' of Double, expected float32; call module.float()"));
}

TEST(Refusals, NoWidth) { EXPECT_THAT(refusal(archive_of("return (a - b).mean()"), 0), HasSubstr("found 0")); }

}  // namespace
}  // namespace autodidact::torchscript
