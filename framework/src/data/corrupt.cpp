#include "data/corrupt.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace autodidact {
namespace {

at::Generator generator(std::uint64_t seed) { return at::make_generator<at::CPUGeneratorImpl>(seed); }

// `share` of n rows, drawn; at least one where the share is above 0.
at::Tensor drawn_rows(std::int64_t n, double share, std::uint64_t seed) {
  at::Generator g = generator(seed);
  const auto count = std::clamp<std::int64_t>(std::llround(share * static_cast<double>(n)), share > 0 ? 1 : 0, n);
  return at::randperm(n, g, at::kLong).narrow(0, 0, count);
}

Series with(const Series& series, const at::Tensor& x) { return {x, series.y}; }

Series noise(const Series& s, const Series&, double strength, std::uint64_t seed) {
  at::Generator g = generator(seed);
  return with(s, s.x + strength * at::randn(s.x.sizes(), g, s.x.options()));
}

// Mean over a window of so many steps, edges repeated.
Series smoothing(const Series& s, const Series&, double strength, std::uint64_t) {
  const auto half = static_cast<std::int64_t>(strength) / 2, window = 2 * half + 1;
  const at::Tensor padded = at::replication_pad1d(s.x, {half, half});
  return with(s, at::avg_pool1d(padded, window, 1));
}

// A share of the steps of each series changes places.
Series time_shuffle(const Series& s, const Series&, double strength, std::uint64_t seed) {
  const std::int64_t n = s.x.size(0), length = s.x.size(2);
  const auto moved = std::clamp<std::int64_t>(std::llround(strength * static_cast<double>(length)), 2, length);
  at::Generator g = generator(seed);
  const at::Tensor places =
      at::rand({n, length}, g).argsort(/*stable=*/true, /*dim=*/1).narrow(1, 0, moved);  // (N, moved)
  const at::Tensor order = at::rand({n, moved}, g).argsort(/*stable=*/true, /*dim=*/1);
  const at::Tensor index = at::arange(length, at::kLong).expand({n, length}).clone();
  index.scatter_(1, places, places.gather(1, order));
  return with(s, s.x.gather(2, index.unsqueeze(1).expand(s.x.sizes())));
}

// Cut into so many segments, which change places.
Series segment_shuffle(const Series& s, const Series&, double strength, std::uint64_t seed) {
  const std::int64_t n = s.x.size(0), length = s.x.size(2);
  const auto segments = std::clamp<std::int64_t>(static_cast<std::int64_t>(strength), 1, length);
  at::Generator g = generator(seed);
  const at::Tensor rank = at::rand({n, segments}, g);
  const at::Tensor segment = (at::arange(length, at::kLong) * segments).floor_divide(length);  // (L), in [0, segments)
  // Steps sorted by their segment's new place, in their own order within it.
  const at::Tensor order = rank.index_select(1, segment).argsort(/*stable=*/true, /*dim=*/1);
  return with(s, s.x.gather(2, order.unsqueeze(1).expand(s.x.sizes())));
}

Series amplitude(const Series& s, const Series&, double strength, std::uint64_t) {
  return with(s, s.x * (1 + strength));
}

// Turned in time by up to a share of the length either way.
Series time_shift(const Series& s, const Series&, double strength, std::uint64_t seed) {
  const std::int64_t n = s.x.size(0), length = s.x.size(2);
  at::Generator g = generator(seed);
  const at::Tensor shift =
      ((2 * at::rand({n, 1}, g) - 1) * (strength * static_cast<double>(length))).round().to(at::kLong);
  const at::Tensor index = (at::arange(length, at::kLong) + shift).remainder(length);
  return with(s, s.x.gather(2, index.unsqueeze(1).expand(s.x.sizes())));
}

// A share of the series of class 0 are replaced by series of other classes.
Series class_missing(const Series& s, const Series&, double strength, std::uint64_t seed) {
  const at::Tensor own = s.y.eq(0).nonzero().flatten(), others = s.y.ne(0).nonzero().flatten();
  const at::Tensor lost = own.index_select(0, drawn_rows(own.size(0), strength, seed));
  at::Generator g = generator(seed + 1);
  const at::Tensor from = others.index_select(0, at::randint(0, others.size(0), {lost.size(0)}, g, at::kLong));
  Series out{s.x.clone(), s.y.clone()};
  out.x.index_copy_(0, lost, s.x.index_select(0, from));
  out.y.index_copy_(0, lost, s.y.index_select(0, from));
  return out;
}

// All series are one of N / strength of them.
Series collapse(const Series& s, const Series&, double strength, std::uint64_t seed) {
  const std::int64_t n = s.x.size(0);
  const auto prototypes = std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(n) / strength));
  at::Generator g = generator(seed);
  const at::Tensor chosen = at::randperm(n, g, at::kLong).narrow(0, 0, prototypes);
  const at::Tensor rows = chosen.index_select(0, at::arange(n, at::kLong).remainder(prototypes));
  return {s.x.index_select(0, rows), s.y.defined() ? s.y.index_select(0, rows) : s.y};
}

Series copies(const Series& s, const Series& train, double strength, std::uint64_t seed) {
  const at::Tensor rows = drawn_rows(s.x.size(0), strength, seed);
  at::Generator g = generator(seed + 1);
  const at::Tensor from = at::randint(0, train.x.size(0), {rows.size(0)}, g, at::kLong);
  Series out{s.x.clone(), s.y.defined() ? s.y.clone() : s.y};
  out.x.index_copy_(0, rows, train.x.index_select(0, from));
  if (s.y.defined()) out.y.index_copy_(0, rows, train.y.index_select(0, from));
  return out;
}

// A share of the labels become the next class.
Series label_swap(const Series& s, const Series&, double strength, std::uint64_t seed) {
  const at::Tensor rows = drawn_rows(s.x.size(0), strength, seed);
  Series out{s.x, s.y.clone()};
  out.y.index_copy_(0, rows, (s.y.index_select(0, rows) + 1).remainder(s.y.max().item<std::int64_t>() + 1));
  return out;
}

// A share of the series become their own mean.
Series constant(const Series& s, const Series&, double strength, std::uint64_t seed) {
  const at::Tensor rows = drawn_rows(s.x.size(0), strength, seed);
  Series out{s.x.clone(), s.y};
  const at::Tensor chosen = s.x.index_select(0, rows);
  out.x.index_copy_(0, rows, chosen.mean(2, /*keepdim=*/true).expand(chosen.sizes()));
  return out;
}

// A share of the values are half as far again as the real extremes.
Series out_of_range(const Series& s, const Series&, double strength, std::uint64_t seed) {
  at::Generator g = generator(seed);
  const at::Tensor hit = at::rand(s.x.sizes(), g).lt(strength);
  const at::Tensor far = s.x.sign() * (1.5 * s.x.abs().max());
  return with(s, at::where(hit, far, s.x));
}

}  // namespace

const std::vector<Corruption>& corruptions() {
  static const std::vector<double> kShares = {0.05, 0.1, 0.25, 0.5, 1};
  static const std::vector<Corruption> all = {
      {"noise", "Gaussian noise, in deviations of the data", {0.1, 0.2, 0.5, 1, 2}, false, noise},
      {"smoothing", "mean over a window, in steps", {3, 5, 9, 17, 33}, false, smoothing},
      {"time_shuffle", "share of the steps that change places", kShares, false, time_shuffle},
      {"segment_shuffle", "segments that change places", {2, 4, 8, 16, 32}, false, segment_shuffle},
      {"amplitude", "scale, above 1", kShares, false, amplitude},
      {"time_shift", "turned in time by up to a share of the length", {0.01, 0.05, 0.1, 0.25, 0.5}, false, time_shift},
      {"class_missing",
       "share of the first class that is replaced by others",
       {0.1, 0.25, 0.5, 0.75, 1},
       true,
       class_missing},
      {"collapse", "series for one prototype", {2, 4, 16, 64, 1e9}, false, collapse},
      {"train_copies", "share that are training series", kShares, false, copies},
      {"label_swap", "share whose label is the next class", kShares, true, label_swap},
      {"constant", "share of series that are their own mean", kShares, false, constant},
      {"out_of_range",
       "share of values half as far again as the extremes",
       {0.001, 0.01, 0.05, 0.1, 0.25},
       false,
       out_of_range},
  };
  return all;
}

}  // namespace autodidact
