#include "metrics/rocket.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "autodidact/plugin/error.hpp"
#include "metrics/clones.hpp"
#include "metrics/fcn.hpp"
#include "metrics/random.hpp"
#include "results/sha256.hpp"

namespace autodidact {
namespace {

constexpr std::int64_t kKernels = 1000;
constexpr std::uint64_t kSeed = 20200513;  // of the banks; a new value makes new features: raise the measures' versions
constexpr int kLanes = 8;

// y[t] += sum_j w[j] x[t + j dilation]
template <int kLength>
[[gnu::always_inline]] inline void correlate(const double* x, const double* w, std::int64_t dilation, std::int64_t n,
                                             double* y) {
  double weight[kLength];
  for (int j = 0; j < kLength; ++j) weight[j] = w[j];
  for (std::int64_t t = 0; t < n; ++t) {
    double sum = y[t];
#pragma GCC unroll 16
    for (int j = 0; j < kLength; ++j) sum += weight[j] * x[t + j * dilation];
    y[t] = sum;
  }
}

AUTODIDACT_CLONES void correlate7(const double* x, const double* w, std::int64_t d, std::int64_t n,
                                  double* __restrict y) {
  correlate<7>(x, w, d, n, y);
}
AUTODIDACT_CLONES void correlate9(const double* x, const double* w, std::int64_t d, std::int64_t n,
                                  double* __restrict y) {
  correlate<9>(x, w, d, n, y);
}
AUTODIDACT_CLONES void correlate11(const double* x, const double* w, std::int64_t d, std::int64_t n,
                                   double* __restrict y) {
  correlate<11>(x, w, d, n, y);
}

// out[0] = share of y > 0, out[1] = max y
AUTODIDACT_CLONES void pool(const double* y, std::int64_t n, double* out) {
  double largest[kLanes], positive[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    largest[lane] = std::numeric_limits<double>::lowest();
    positive[lane] = 0;
  }
  std::int64_t t = 0;
  for (; t + kLanes <= n; t += kLanes)
    for (int lane = 0; lane < kLanes; ++lane) {
      largest[lane] = y[t + lane] > largest[lane] ? y[t + lane] : largest[lane];
      positive[lane] += y[t + lane] > 0 ? 1.0 : 0.0;
    }
  for (; t < n; ++t) {
    largest[0] = std::max(largest[0], y[t]);
    positive[0] += y[t] > 0;
  }
  double count = 0;
  for (const double lane : positive) count += lane;
  out[0] = count / static_cast<double>(n);
  out[1] = *std::max_element(largest, largest + kLanes);
}

void apply(const RocketKernel& kernel, const double* padded, std::int64_t margin, std::int64_t length, double* y,
           double* out) {
  const std::int64_t n = length + 2 * kernel.padding - (kernel.length - 1) * kernel.dilation;
  const std::int64_t stride = length + 2 * margin;
  std::fill(y, y + n, kernel.bias);
  for (std::size_t i = 0; i < kernel.channels.size(); ++i) {
    const double* x = padded + kernel.channels[i] * stride + margin - kernel.padding;
    const double* w = kernel.weights.data() + static_cast<std::int64_t>(i) * kernel.length;
    if (kernel.length == 7) correlate7(x, w, kernel.dilation, n, y);
    if (kernel.length == 9) correlate9(x, w, kernel.dilation, n, y);
    if (kernel.length == 11) correlate11(x, w, kernel.dilation, n, y);
  }
  pool(y, n, out);
}

RocketKernel draw_kernel(std::int64_t channels, std::int64_t length, Stream64& stream) {
  RocketKernel kernel;
  kernel.length = 7 + 2 * static_cast<std::int64_t>(draw_below(stream, 3));
  const double most = std::log2(static_cast<double>(std::min(channels, kernel.length)) + 1.0);
  const auto seen = static_cast<std::int64_t>(std::exp2(draw_unit(stream) * most));
  const at::Tensor chosen = draw_subset(channels, std::min(seen, channels), stream);
  kernel.channels.assign(chosen.data_ptr<std::int64_t>(), chosen.data_ptr<std::int64_t>() + chosen.numel());
  for (std::size_t i = 0; i < kernel.channels.size(); ++i) {
    std::vector<double> w(static_cast<std::size_t>(kernel.length));
    double mean = 0;
    for (double& weight : w) mean += (weight = draw_normal(stream)) / static_cast<double>(kernel.length);
    for (const double weight : w) kernel.weights.push_back(static_cast<float>(weight - mean));
  }
  kernel.bias = static_cast<float>(2 * draw_unit(stream) - 1);
  const double reach = static_cast<double>(length - 1) / static_cast<double>(kernel.length - 1);
  kernel.dilation = reach > 1 ? static_cast<std::int64_t>(std::exp2(draw_unit(stream) * std::log2(reach))) : 1;
  const std::int64_t span = (kernel.length - 1) * kernel.dilation;
  // A series shorter than the kernel is always padded: without padding there would be no output.
  kernel.padding = draw_below(stream, 2) == 1 || span >= length ? span / 2 : 0;
  return kernel;
}

void check_bank(const RocketBank& bank, const at::Tensor& x) {
  const std::int64_t channels = x.size(1), length = x.size(2);
  for (const RocketKernel& kernel : bank) {
    if (kernel.length != 7 && kernel.length != 9 && kernel.length != 11)
      throw std::invalid_argument("ROCKET kernels have length 7, 9 or 11, not " + std::to_string(kernel.length));
    const bool seen = *std::max_element(kernel.channels.begin(), kernel.channels.end()) < channels;
    if (!seen || length + 2 * kernel.padding <= (kernel.length - 1) * kernel.dilation)
      throw DataError("series with " + std::to_string(channels) + " channel(s) of length " + std::to_string(length) +
                      " do not fit the ROCKET bank: make the bank for this shape");
  }
}

}  // namespace

RocketBank rocket_bank(std::int64_t channels, std::int64_t length, std::int64_t count) {
  Stream64 stream = stream_for(kSeed, "rocket " + std::to_string(channels) + " x " + std::to_string(length));
  RocketBank bank;
  for (std::int64_t i = 0; i < count; ++i) bank.push_back(draw_kernel(channels, length, stream));
  return bank;
}

std::string rocket_digest(const RocketBank& bank) {
  Sha256 digest;
  for (const RocketKernel& kernel : bank) {
    for (const std::int64_t number : {kernel.length, kernel.dilation, kernel.padding})
      digest.add(&number, sizeof number);
    digest.add(&kernel.bias, sizeof kernel.bias);
    digest.add(kernel.channels.data(), kernel.channels.size() * sizeof(std::int64_t));
    digest.add(kernel.weights.data(), kernel.weights.size() * sizeof(double));
  }
  return digest.hex();
}

at::Tensor rocket_features(const RocketBank& bank, const at::Tensor& x) {
  check_bank(bank, x);
  const at::Tensor series = x.to(at::kDouble).contiguous();
  const std::int64_t n = series.size(0), channels = series.size(1), length = series.size(2);
  std::int64_t margin = 0;
  for (const RocketKernel& kernel : bank) margin = std::max(margin, kernel.padding);
  const auto kernels = static_cast<std::int64_t>(bank.size());
  const at::Tensor features = at::empty({n, 2 * kernels}, at::kDouble);
  double* out = features.data_ptr<double>();
  const double* source = series.const_data_ptr<double>();
  at::parallel_for(0, n, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<double> padded(static_cast<std::size_t>(channels * (length + 2 * margin)), 0.0);
    std::vector<double> y(static_cast<std::size_t>(length + 2 * margin));
    for (std::int64_t i = begin; i < end; ++i) {
      for (std::int64_t c = 0; c < channels; ++c)
        std::copy_n(source + (i * channels + c) * length, length, padded.data() + c * (length + 2 * margin) + margin);
      for (std::int64_t k = 0; k < kernels; ++k)
        apply(bank[static_cast<std::size_t>(k)], padded.data(), margin, length, y.data(), out + (i * kernels + k) * 2);
    }
  });
  return features;
}

at::Tensor l2_rows(const at::Tensor& features) {
  const at::Tensor norm = at::linalg_vector_norm(features, 2, at::IntArrayRef{1}, /*keepdim=*/true);
  return features / norm.clamp_min(std::numeric_limits<double>::min());
}

Extractor rocket_extractor(std::int64_t channels, std::int64_t length) {
  const auto bank = std::make_shared<RocketBank>(rocket_bank(channels, length, kKernels));
  Extractor extractor;
  extractor.digest = rocket_digest(*bank);
  extractor.features = [bank](const at::Tensor& x) { return l2_rows(rocket_features(*bank, x)); };
  return extractor;
}

}  // namespace autodidact
