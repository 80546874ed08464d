// Intervals of measures of sets, by subsampling without replacement: the bootstrap's duplicates bias Frechet distances
// and give nearest neighbours at distance 0.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace autodidact {

double mean_of(const std::vector<double>& values);  // NaN of none

// One subset of both sides, as row indices in rising order.
struct Subset {
  at::Tensor real, generated;
};

// kIntervalDraws subsets of m rows from n on each side.
inline constexpr std::int64_t kIntervalDraws = 100;
std::vector<Subset> interval_subsets(std::int64_t n_real, std::int64_t m_real, std::int64_t n_generated,
                                     std::int64_t m_generated, std::uint64_t seed);

// What to multiply deviations over subsets of m of n rows with, so that they are those of the whole set: subsets of one
// set vary as 1/m - 1/n, whole sets as 1/n. 1 at m = n / 2.
double deviation_scale(std::int64_t m, std::int64_t n);

// 2.5 and 97.5 % points of the deviations of `draws` from their mean, scaled, around `value`. NaN below two draws.
std::pair<double, double> interval_around(double value, std::vector<double> draws, double scale);

// Wilson's 95 % interval of a share of `count`.
std::pair<double, double> share_interval(double share, std::int64_t count);

}  // namespace autodidact
