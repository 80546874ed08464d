#include "metrics/minirocket.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>

#include "autodidact/plugin/error.hpp"
#include "metrics/clones.hpp"
#include "metrics/fcn.hpp"
#include "metrics/quantile.hpp"
#include "metrics/random.hpp"
#include "results/sha256.hpp"

namespace autodidact {
namespace {

constexpr std::int64_t kTaps = 9, kMiddle = kTaps / 2, kKernels = 84, kFeatures = 1008;
constexpr std::int64_t kMostDilations = 32;
constexpr std::uint64_t kSeed = 20201216;  // of the biases; a new value makes new features: raise the measure's version

using Taps = std::array<std::int64_t, 3>;

// The taps of weight 2 of each kernel; the other six have weight -1.
const std::vector<Taps>& kernels() {
  static const std::vector<Taps> all = [] {
    std::vector<Taps> taps;
    for (std::int64_t i = 0; i < kTaps; ++i)
      for (std::int64_t j = i + 1; j < kTaps; ++j)
        for (std::int64_t k = j + 1; k < kTaps; ++k) taps.push_back({i, j, k});
    return taps;
  }();
  return all;
}

AUTODIDACT_CLONES void add(const float* x, float* __restrict y, std::int64_t n) {
  for (std::int64_t t = 0; t < n; ++t) y[t] += x[t];
}
AUTODIDACT_CLONES void add_three(const float* base, const float* a, const float* b, const float* c, float* __restrict y,
                                 std::int64_t n) {
  for (std::int64_t t = 0; t < n; ++t) y[t] = base[t] + a[t] + b[t] + c[t];
}
AUTODIDACT_CLONES std::int64_t count_above(const float* y, float bias, std::int64_t n) {
  std::int32_t count = 0;
  for (std::int64_t t = 0; t < n; ++t) count += y[t] > bias;
  return count;
}

// Outputs of all kernels at one dilation on one series (L), zeros around it: all weights are -1 but for three, which
// get 3 on top.
class Dilated {
 public:
  Dilated(const float* x, std::int64_t length, std::int64_t dilation)
      : length_(length), dilation_(dilation), thrice_(static_cast<std::size_t>(length + 2 * kMiddle * dilation)) {
    std::vector<float> negative(thrice_.size());
    for (std::int64_t t = 0; t < length; ++t) {
      const auto at = static_cast<std::size_t>(t + kMiddle * dilation);
      negative[at] = -x[t];
      thrice_[at] = x[t] + x[t] + x[t];
    }
    const auto tap = [&](std::int64_t k) { return negative.data() + k * dilation; };
    base_.assign(tap(kMiddle), tap(kMiddle) + length);
    for (std::int64_t k = 0; k < kTaps; ++k)
      if (k != kMiddle) add(tap(k), base_.data(), length);
  }
  void output(const Taps& taps, std::vector<float>& y) const {
    y.resize(static_cast<std::size_t>(length_));
    const auto tap = [&](std::int64_t k) { return thrice_.data() + k * dilation_; };
    add_three(base_.data(), tap(taps[0]), tap(taps[1]), tap(taps[2]), y.data(), length_);
  }

 private:
  std::int64_t length_, dilation_;
  std::vector<float> thrice_, base_;
};

// One series (C, L) as kernel `index` sees it.
void seen_series(const MiniRocketBank& bank, std::int64_t index, const float* x, std::int64_t length,
                 std::vector<float>& sum) {
  sum.assign(static_cast<std::size_t>(length), 0.0f);
  if (bank.channels.empty()) return void(std::copy_n(x, length, sum.begin()));
  for (const std::int64_t c : bank.channels[static_cast<std::size_t>(index)]) add(x + c * length, sum.data(), length);
}

// Calls f(dilation index, kernel, its number among all, outputs) for every kernel on one series (C, L).
template <class F>
void each_output(const MiniRocketBank& bank, const float* x, std::int64_t length, const F& f) {
  std::vector<float> series, y;
  for (std::size_t d = 0; d < bank.dilations.size(); ++d) {
    std::unique_ptr<Dilated> shared;  // of one channel all kernels see the same
    for (std::int64_t k = 0; k < kKernels; ++k) {
      const std::int64_t index = static_cast<std::int64_t>(d) * kKernels + k;
      if (!shared || !bank.channels.empty()) {
        seen_series(bank, index, x, length, series);
        shared = std::make_unique<Dilated>(series.data(), length, bank.dilations[d]);
      }
      shared->output(kernels()[static_cast<std::size_t>(k)], y);
      f(d, k, index, y);
    }
  }
}

// Dilations 2^U spread evenly on the logarithmic scale, with the number of biases that each gets.
void set_dilations(MiniRocketBank& bank, std::int64_t length, std::int64_t count) {
  const std::int64_t wanted = std::max<std::int64_t>(1, count / kKernels);
  const std::int64_t steps = std::min(wanted, kMostDilations);
  const double top = std::log2(std::max(1.0, static_cast<double>(length - 1) / static_cast<double>(kTaps - 1)));
  const double each = static_cast<double>(wanted) / static_cast<double>(steps);
  std::vector<std::int64_t> times;
  for (std::int64_t i = 0; i < steps; ++i) {
    const double exponent = steps > 1 ? top * static_cast<double>(i) / static_cast<double>(steps - 1) : 0.0;
    const auto dilation = static_cast<std::int64_t>(std::exp2(exponent));
    if (bank.dilations.empty() || bank.dilations.back() != dilation) {
      bank.dilations.push_back(dilation);
      times.push_back(0);
    }
    ++times.back();
  }
  std::int64_t given = 0;
  for (const std::int64_t n : times) {
    bank.per_kernel.push_back(static_cast<std::int64_t>(static_cast<double>(n) * each));
    given += bank.per_kernel.back();
  }
  for (std::size_t i = 0; given < wanted; ++given, i = (i + 1) % times.size()) ++bank.per_kernel[i];
}

void draw_channels(MiniRocketBank& bank, std::int64_t channels, Stream64& stream) {
  if (channels == 1) return;
  const double most = std::log2(static_cast<double>(std::min(channels, kTaps)) + 1.0);
  for (std::size_t i = 0; i < bank.dilations.size() * kKernels; ++i) {
    const auto seen = static_cast<std::int64_t>(std::exp2(draw_unit(stream) * most));
    const at::Tensor chosen = draw_subset(channels, std::min(seen, channels), stream);
    bank.channels.emplace_back(chosen.data_ptr<std::int64_t>(), chosen.data_ptr<std::int64_t>() + chosen.numel());
  }
}

// Kernel by kernel: quantiles, spread by the golden ratio, of its outputs on one series of train.
void set_biases(MiniRocketBank& bank, const at::Tensor& train, Stream64& stream) {
  const std::int64_t n = train.size(0), width = train.size(1) * train.size(2), length = train.size(2);
  const float* x = train.const_data_ptr<float>();
  std::vector<std::int64_t> example(bank.dilations.size() * kKernels);
  for (std::int64_t& i : example) i = static_cast<std::int64_t>(draw_below(stream, static_cast<std::uint64_t>(n)));
  std::int64_t feature = 0;
  std::vector<float> series, y;
  for (std::size_t index = 0; index < example.size(); ++index) {
    const std::size_t d = index / kKernels;
    seen_series(bank, static_cast<std::int64_t>(index), x + example[index] * width, length, series);
    Dilated(series.data(), length, bank.dilations[d]).output(kernels()[index % kKernels], y);
    std::sort(y.begin(), y.end());
    for (std::int64_t i = 0; i < bank.per_kernel[d]; ++i)
      bank.biases.push_back(
          static_cast<float>(quantile(y, std::fmod(static_cast<double>(++feature) * std::numbers::phi, 1.0))));
  }
}

}  // namespace

MiniRocketBank minirocket_bank(const at::Tensor& train, std::int64_t count) {
  if (train.dim() != 3 || train.numel() == 0) throw DataError("MiniRocket's biases need training series (N, C, L)");
  MiniRocketBank bank;
  const at::Tensor x = train.to(at::kFloat).contiguous();
  Stream64 stream = stream_for(kSeed, "minirocket " + std::to_string(x.size(1)) + " x " + std::to_string(x.size(2)));
  set_dilations(bank, x.size(2), count);
  draw_channels(bank, x.size(1), stream);
  set_biases(bank, x, stream);
  return bank;
}

std::string minirocket_digest(const MiniRocketBank& bank) {
  Sha256 digest;
  for (const auto* numbers : {&bank.dilations, &bank.per_kernel})
    digest.add(numbers->data(), numbers->size() * sizeof(std::int64_t));
  digest.add(bank.biases.data(), bank.biases.size() * sizeof(float));
  for (const auto& channels : bank.channels) digest.add(channels.data(), channels.size() * sizeof(std::int64_t));
  return digest.hex();
}

at::Tensor minirocket_features(const MiniRocketBank& bank, const at::Tensor& x) {
  const at::Tensor series = x.to(at::kFloat).contiguous();
  const std::int64_t n = series.size(0), width = series.size(1) * series.size(2), length = series.size(2);
  const float* source = series.const_data_ptr<float>();
  const at::Tensor features = at::empty({n, bank.features()}, at::kDouble);
  at::parallel_for(0, n, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      double* out = features.data_ptr<double>() + i * bank.features();
      const float* bias = bank.biases.data();
      each_output(bank, source + i * width, length, [&](std::size_t d, std::int64_t k, std::int64_t, const auto& y) {
        // Every second kernel leaves out the outputs that see zeros around the series, where any are left.
        const std::int64_t margin = kMiddle * bank.dilations[d];
        const bool inner = (static_cast<std::int64_t>(d) + k) % 2 == 1 && length > 2 * margin;
        const std::int64_t first = inner ? margin : 0, count = length - 2 * first;
        for (std::int64_t f = 0; f < bank.per_kernel[d]; ++f)
          *out++ = static_cast<double>(count_above(y.data() + first, *bias++, count)) / static_cast<double>(count);
      });
    }
  });
  return features;
}

Extractor minirocket_extractor(const at::Tensor& train) {
  const auto bank = std::make_shared<MiniRocketBank>(minirocket_bank(train, kFeatures));
  Extractor extractor;
  extractor.digest = minirocket_digest(*bank);
  extractor.features = [bank](const at::Tensor& x) { return minirocket_features(*bank, x); };
  return extractor;
}

}  // namespace autodidact
