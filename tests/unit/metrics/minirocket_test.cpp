#include "metrics/minirocket.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "autodidact/plugin/error.hpp"
#include "metrics/fcn.hpp"

namespace autodidact {
namespace {

at::Tensor noise(at::IntArrayRef shape, std::uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::kFloat);
}

// The same features by LibTorch's own convolution, in float64: a value on a threshold may fall on the other side.
at::Tensor by_convolution(const MiniRocketBank& bank, const at::Tensor& x) {
  std::vector<at::Tensor> columns;
  std::int64_t bias = 0, number = 0;
  for (std::size_t d = 0; d < bank.dilations.size(); ++d) {
    std::int64_t kernel = 0;
    for (int i = 0; i < 9; ++i)
      for (int j = i + 1; j < 9; ++j)
        for (int k = j + 1; k < 9; ++k, ++kernel, ++number) {
          at::Tensor weight = at::full({1, 1, 9}, -1.0, at::kDouble);
          for (const int tap : {i, j, k}) weight[0][0][tap] = 2.0;
          at::Tensor series = x.to(at::kDouble);
          if (!bank.channels.empty())
            series = series.index_select(1, at::tensor(bank.channels[static_cast<std::size_t>(number)], at::kLong))
                         .sum(1, true);
          const std::int64_t margin = 4 * bank.dilations[d];
          at::Tensor y = at::conv1d(series, weight, {}, 1, margin, bank.dilations[d]).squeeze(1);
          if ((static_cast<std::int64_t>(d) + kernel) % 2 == 1 && y.size(1) > 2 * margin)
            y = y.narrow(1, margin, y.size(1) - 2 * margin);
          for (std::int64_t f = 0; f < bank.per_kernel[d]; ++f)
            columns.push_back(y.gt(bank.biases[static_cast<std::size_t>(bias++)]).to(at::kDouble).mean(1));
        }
  }
  return at::stack(columns, 1);
}

TEST(MiniRocket, EqualsAConvolutionForOneAndManyChannels) {
  for (const auto& [channels, length] : {std::pair<int, int>{1, 61}, {3, 40}, {2, 8}, {1, 2}}) {
    const at::Tensor x = noise({5, channels, length}, 1);
    const MiniRocketBank bank = minirocket_bank(noise({7, channels, length}, 2), 336);
    const at::Tensor features = minirocket_features(bank, x), want = by_convolution(bank, x);
    ASSERT_EQ(features.sizes(), want.sizes());
    const auto off = (features - want).abs().gt(1e-12).sum().item<std::int64_t>();
    EXPECT_LE(off, features.numel() / 200) << channels << " x " << length;
    EXPECT_LE((features - want).abs().max().item<double>(), 1.0 / length + 0.2);
  }
}

TEST(MiniRocket, BanksFollowThePublishedScheme) {
  const MiniRocketBank bank = minirocket_bank(noise({10, 1, 128}, 3), 1008);
  EXPECT_EQ(bank.features(), 1008);
  EXPECT_EQ(bank.dilations.front(), 1);
  EXPECT_LE((9 - 1) * bank.dilations.back(), 127);
  std::int64_t each = 0;
  for (const std::int64_t n : bank.per_kernel) each += n;
  EXPECT_EQ(each, 12);
  EXPECT_TRUE(std::is_sorted(bank.dilations.begin(), bank.dilations.end()));
  // Biases are quantiles of outputs on like series: shares spread over (0, 1).
  const at::Tensor features = minirocket_features(bank, noise({50, 1, 128}, 4));
  EXPECT_NEAR(features.mean().item<double>(), 0.5, 0.05);
}

TEST(MiniRocket, IsFixedByTrainAndNothingElse) {
  const at::Tensor train = noise({10, 2, 30}, 5);
  EXPECT_EQ(minirocket_digest(minirocket_bank(train, 168)), minirocket_digest(minirocket_bank(train.clone(), 168)));
  EXPECT_NE(minirocket_digest(minirocket_bank(train, 168)), minirocket_digest(minirocket_bank(train + 1, 168)));
  EXPECT_THROW(minirocket_bank(at::empty({0, 1, 5}), 168), DataError);
}

TEST(MiniRocket, AConstantSeriesHasFiniteFeatures) {
  const Extractor extractor = minirocket_extractor(at::zeros({3, 1, 20}));
  const at::Tensor features = extractor.features(at::ones({2, 1, 20}));
  EXPECT_TRUE(features.isfinite().all().item<bool>());
  EXPECT_EQ(features.size(1), 1008);
}

}  // namespace
}  // namespace autodidact
