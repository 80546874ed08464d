#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

#include "metrics/families.hpp"
#include "metrics/random.hpp"

namespace autodidact {

Sets Sets::rows(const at::Tensor& train_rows, const at::Tensor& test_rows, const at::Tensor& sample_rows) const {
  const auto pick = [](const at::Tensor& set, const at::Tensor& index) {
    return set.defined() && index.defined() ? set.index_select(0, index) : at::Tensor();
  };
  return {pick(train, train_rows), pick(test, test_rows), pick(samples, sample_rows)};
}

FloorRows floor_rows(const Sets& sets, std::uint64_t seed, std::int64_t draws) {
  if (!sets.train.defined() || !sets.test.defined() || !sets.samples.defined()) return {};
  FloorRows rows;
  rows.n = std::min({sets.train.size(0), sets.test.size(0), sets.samples.size(0)});
  const bool whole = rows.n == std::max({sets.train.size(0), sets.test.size(0), sets.samples.size(0)});
  Stream64 train = stream_for(seed, "floor train"), test = stream_for(seed, "floor test");
  Stream64 samples = stream_for(seed, "floor samples");
  for (std::int64_t i = 0; i < (whole ? 1 : std::max<std::int64_t>(1, draws)); ++i)
    rows.draws.push_back({draw_subset(sets.train.size(0), rows.n, train), draw_subset(sets.test.size(0), rows.n, test),
                          draw_subset(sets.samples.size(0), rows.n, samples)});
  return rows;
}

namespace {

// Means over the draws, one a name. `sides` picks the two sets to compare from train, test and samples.
template <typename Sides>
std::vector<double> mean_over_draws(std::size_t count, const Sets& sets, const FloorRows& equal,
                                    const Comparison& comparison, const Sides& sides) {
  std::vector<double> means(count, equal.draws.empty() ? kNone : 0.0);
  for (const FloorRows::Draw& draw : equal.draws) {
    const Sets few = sets.rows(draw.train, draw.test, draw.samples);
    const auto [real, other] = sides(few);
    const std::vector<Outcome> found = comparison(real, other);
    for (std::size_t i = 0; i < count; ++i) means[i] += found[i].value / static_cast<double>(equal.draws.size());
  }
  return means;
}

using Pair = std::pair<at::Tensor, at::Tensor>;

}  // namespace

std::vector<double> compare_sets(const std::vector<std::string>& names, const Sets& sets, const FloorRows& equal,
                                 const std::string& reference, const std::string& extractor,
                                 const Comparison& comparison, Report& report, const std::vector<double>& floors) {
  const bool train = reference == "train";
  const at::Tensor& real = train ? sets.train : sets.test;
  const std::vector<Outcome> outcomes = comparison(real, sets.samples);
  const auto draw = [&](const auto& sides) { return mean_over_draws(names.size(), sets, equal, comparison, sides); };
  const std::vector<double> floor = !floors.empty() ? floors : draw([&](const Sets& few) {
    return train ? Pair(few.train, few.test) : Pair(few.test, few.train);
  });
  const std::vector<double> at_floor =
      draw([&](const Sets& few) { return Pair(train ? few.train : few.test, few.samples); });
  for (std::size_t i = 0; i < names.size(); ++i) {
    Measurement& row = report.add(names[i], reference);
    row.value = outcomes[i].value;
    row.status = outcomes[i].status;
    row.note = outcomes[i].note;
    row.floor = floor[i];
    row.value_at_floor = at_floor[i];
    row.n_real = real.size(0);
    row.n_gen = sets.samples.size(0);
    row.n_floor = equal.n;
    row.extractor = extractor;
    if (equal.draws.size() > 1)
      append_note(row.note, "floor and value at floor over " + std::to_string(equal.draws.size()) + " subsets");
  }
  return floor;
}

}  // namespace autodidact
