// Drawing series in blocks, and being stopped between two.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "protocol/stages.hpp"

namespace autodidact {
namespace {

// Tokens that say for which series and class they were asked.
struct NumberedPrior : Prior {
  std::vector<std::int64_t> firsts;
  at::Tensor sample(std::int64_t n, const at::Tensor& y, std::int64_t first, const Params&) override {
    firsts.push_back(first);
    const at::Tensor index = at::arange(first, first + n, at::kLong);
    return at::stack({index, y.defined() ? y : at::full_like(index, -1)}, 1);
  }
  std::vector<Parameter> parameters() override { return {}; }
  std::vector<Buffer> buffers() override { return {}; }
  void train(bool) override {}
  void to(c10::Device) override {}
};

// Series of two values: the tokens themselves.
struct PlainTokenizer : Tokenizer {
  View forward(const at::Tensor&, const ForwardOptions&, const StepInfo&) override { return {}; }
  Latents latents(const at::Tensor&) override { return {}; }
  at::Tensor encode(const at::Tensor& x, double) override { return x.squeeze(1).to(at::kLong); }
  at::Tensor decode(const at::Tensor& tokens) override { return tokens.unsqueeze(1).to(at::kFloat); }
  Layout layout() const override { return {{"tokens", 1, 2, 1, 8, 0}}; }
  std::vector<std::optional<at::Tensor>> codebooks() const override { return {std::nullopt}; }
  std::vector<Parameter> parameters() override { return {}; }
  std::vector<Buffer> buffers() override { return {}; }
  void train(bool) override {}
  void to(c10::Device) override {}
};

struct Drawing {
  Run run;
  NumberedPrior prior;
  PlainTokenizer tokenizer;
  Progress progress;
  Drawing() { run.evaluation.block = 4; }
  Sampled operator()(std::int64_t n, const at::Tensor& y = {}) {
    return sample_series(run, prior, tokenizer, n, y, progress);
  }
};

TEST(Sampling, EachSeriesIsAskedForOnceInWholeBlocks) {
  Drawing draw;
  const at::Tensor y = at::arange(10, at::kLong) % 3;
  const Sampled got = draw(10, y);
  EXPECT_EQ(draw.prior.firsts, (std::vector<std::int64_t>{0, 4, 8}));
  EXPECT_TRUE(got.tokens.equal(at::stack({at::arange(10, at::kLong), y}, 1)));
  EXPECT_TRUE(got.x.equal(got.tokens.unsqueeze(1).to(at::kFloat)));
  EXPECT_TRUE(draw(3).tokens.select(1, 1).eq(-1).all().item<bool>());
}

TEST(Sampling, StopsBetweenBlocks) {
  Drawing draw;
  std::atomic<bool> stop = false;
  draw.progress.stop = &stop;
  draw.progress.step = [&](std::int64_t done, std::int64_t, const std::string&, double) { stop = done >= 8; };
  EXPECT_THROW(draw(100), Stopped);
  EXPECT_EQ(draw.prior.firsts, (std::vector<std::int64_t>{0, 4}));
}

}  // namespace
}  // namespace autodidact
