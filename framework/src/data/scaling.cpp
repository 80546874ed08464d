#include "data/scaling.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "autodidact/plugin/error.hpp"

namespace autodidact {
namespace {

// Below this share of the largest value the spread is rounding, not signal.
constexpr double kConstant = 1e-13;

template <class Use>
void each_value(const RawTable& table, const Indices& of, std::int64_t channel, Use use) {
  for (const std::int64_t series : of) {
    const double* x = table.values.data() + series * table.width() + channel * table.length;
    for (std::int64_t t = 0; t < table.length; ++t)
      if (!std::isnan(x[t])) use(x[t]);
  }
}

std::string channel_of(const RawTable& table, std::int64_t channel) {
  return table.file.string() + ": channel " + std::to_string(channel + 1) + " of " + std::to_string(table.channels);
}

}  // namespace

Scaling fit_scaling(const RawTable& table, const Indices& of) {
  Scaling scaling;
  for (std::int64_t c = 0; c < table.channels; ++c) {
    double sum = 0, largest = 0, count = 0, squares = 0;
    each_value(table, of, c, [&](double x) { sum += x, ++count, largest = std::max(largest, std::fabs(x)); });
    if (count == 0) throw DataError(channel_of(table, c) + ": holds nothing but missing values in the training part");
    const double mean = sum / count;
    each_value(table, of, c, [&](double x) { squares += (x - mean) * (x - mean); });
    const double std = std::sqrt(squares / count);
    if (!std::isfinite(mean) || !std::isfinite(std))
      throw DataError(channel_of(table, c) + ": values up to " + std::to_string(largest) +
                      " are too large to be standardised; rescale them");
    const bool constant = std <= kConstant * largest;
    if (constant) scaling.constant.push_back(c);
    scaling.mean.push_back(mean);
    scaling.std.push_back(constant ? 1.0 : std);
  }
  if (static_cast<std::int64_t>(scaling.constant.size()) == table.channels)
    throw DataError(table.file.string() + ": every value of the training part is the same; there is nothing to learn");
  return scaling;
}

void scale_series(const RawTable& table, std::int64_t series, const Scaling& scaling, float* out) {
  const double* x = table.values.data() + series * table.width();
  for (std::int64_t c = 0; c < table.channels; ++c) {
    const double mean = scaling.mean[static_cast<std::size_t>(c)], std = scaling.std[static_cast<std::size_t>(c)];
    for (std::int64_t t = 0; t < table.length; ++t, ++x, ++out) {
      *out = std::isnan(*x) ? 0.0f : static_cast<float>((*x - mean) / std);
      if (!std::isfinite(*out))
        throw DataError(channel_of(table, c) + ": the value " + std::to_string(*x) + " lies so far from the mean " +
                        std::to_string(mean) + " of train that it has no float32 value after scaling; correct it");
    }
  }
}

at::Tensor per_channel(const std::vector<double>& values) { return at::tensor(values, at::kDouble).view({1, -1, 1}); }

}  // namespace autodidact
