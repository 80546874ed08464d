// Floors: what the real sets give at equal counts.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "metrics/families.hpp"
#include "metrics/random.hpp"

namespace autodidact {

Sets Sets::rows(const at::Tensor& train_rows, const at::Tensor& test_rows, const at::Tensor& sample_rows,
                const at::Tensor& unigram_rows) const {
  const auto pick = [](const at::Tensor& set, const at::Tensor& index) {
    return set.defined() && index.defined() ? set.index_select(0, index) : at::Tensor();
  };
  return {pick(train, train_rows), pick(test, test_rows), pick(samples, sample_rows), pick(unigram, unigram_rows)};
}

namespace {

// Both halves of n rows, the first drawn, the second what is left; the last row of an odd number is left out.
std::pair<at::Tensor, at::Tensor> draw_halves(std::int64_t n, Stream64& stream) {
  const at::Tensor first = draw_subset(n, n / 2, stream);
  const at::Tensor rest = at::ones({n}, at::kBool).index_fill_(0, first, 0).nonzero().flatten();
  return {first, rest.narrow(0, 0, n / 2)};
}

using Pair = std::pair<at::Tensor, at::Tensor>;

// Means over the draws, one a name. `sides` picks the two sets to compare from one draw.
template <typename Sides>
std::vector<double> mean_over_draws(std::size_t count, const std::vector<FloorRows::Draw>& draws,
                                    const Comparison& comparison, const Sides& sides) {
  std::vector<double> means(count, draws.empty() ? kNone : 0.0);
  for (const FloorRows::Draw& draw : draws) {
    const auto [real, other] = sides(draw);
    const std::vector<Outcome> found = comparison(real, other);
    for (std::size_t i = 0; i < count; ++i) means[i] += found[i].value / static_cast<double>(draws.size());
  }
  return means;
}

// Rows of one side of a subset: half, or as many as an interval may cost.
std::int64_t most_rows(const SetMeasure& measure, const at::Tensor& real) {
  const std::int64_t width = std::max<std::int64_t>(1, real.numel() / std::max<std::int64_t>(1, real.size(0)));
  return std::max<std::int64_t>(64, measure.most_numbers / width);
}

// (low, high) a name.
std::vector<std::pair<double, double>> intervals_of(const SetMeasure& measure, const at::Tensor& real,
                                                    const at::Tensor& generated, const std::vector<Outcome>& outcomes,
                                                    std::uint64_t seed) {
  const std::int64_t n = real.size(0), m = generated.size(0), most = most_rows(measure, real);
  const std::int64_t few_real = std::min(n / 2, most), few_generated = std::min(m / 2, most);
  std::vector<std::pair<double, double>> intervals(outcomes.size(), {kNone, kNone});
  if (!measure.interval || few_real < 2 || few_generated < 2) return intervals;
  const std::vector<Subset> subsets = interval_subsets(n, few_real, m, few_generated, seed);
  std::vector<std::vector<double>> draws;
  if (measure.on_subsets) {
    draws = measure.on_subsets(real, generated, subsets);
  } else {
    for (const Subset& subset : subsets) {
      std::vector<double>& values = draws.emplace_back();
      for (const Outcome& outcome :
           measure.comparison(real.index_select(0, subset.real), generated.index_select(0, subset.generated)))
        values.push_back(outcome.value);
    }
  }
  // One factor for both sides: exact where both are halves, and on the wide side where they are not.
  const double scale = std::max(deviation_scale(few_real, n), deviation_scale(few_generated, m));
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    std::vector<double> of_name;
    for (const std::vector<double>& values : draws) of_name.push_back(values[i]);
    intervals[i] = interval_around(outcomes[i].value, std::move(of_name), scale);
  }
  return intervals;
}

std::vector<Measurement*> add_rows(const SetMeasure& measure, const std::vector<Outcome>& outcomes, std::int64_t n_real,
                                   std::int64_t n_gen, Report& report) {
  std::vector<Measurement*> rows;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    Measurement& row = report.add(measure.names[i], measure.reference);
    row.value = outcomes[i].value;
    row.status = outcomes[i].status;
    row.note = outcomes[i].note;
    row.n_real = n_real;
    row.n_gen = n_gen;
    row.extractor = measure.extractor;
    rows.push_back(&row);
  }
  return rows;
}

}  // namespace

at::Tensor unigram_tokens(const at::Tensor& tokens_train, std::int64_t n, std::uint64_t seed) {
  Stream64 stream = stream_for(seed, "unigram");
  const auto n_train = static_cast<std::uint64_t>(tokens_train.size(0));
  at::Tensor rows = at::empty({n, tokens_train.size(1)}, at::kLong);
  auto* row = rows.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < rows.numel(); ++i) row[i] = static_cast<std::int64_t>(draw_below(stream, n_train));
  return tokens_train.gather(0, rows);
}

FloorRows floor_rows(const Sets& sets, std::uint64_t seed, std::int64_t draws) {
  if (!sets.train.defined() || !sets.test.defined() || !sets.samples.defined()) return {};
  FloorRows rows;
  rows.n = std::min({sets.train.size(0), sets.test.size(0), sets.samples.size(0)});
  const bool whole = rows.n == std::max({sets.train.size(0), sets.test.size(0), sets.samples.size(0)});
  Stream64 train = stream_for(seed, "floor train"), test = stream_for(seed, "floor test");
  Stream64 samples = stream_for(seed, "floor samples"), halves = stream_for(seed, "floor halves");
  for (std::int64_t i = 0; i < std::max<std::int64_t>(1, draws); ++i) {
    FloorRows::Draw draw;
    std::tie(draw.first_half, draw.second_half) = draw_halves(sets.test.size(0), halves);
    rows.halves.push_back(draw);
    if (whole && i > 0) continue;
    draw.train = draw_subset(sets.train.size(0), rows.n, train);
    draw.test = draw_subset(sets.test.size(0), rows.n, test);
    draw.samples = draw_subset(sets.samples.size(0), rows.n, samples);
    rows.draws.push_back(draw);
  }
  return rows;
}

std::vector<double> compare_sets(const SetMeasure& measure, const Sets& sets, const FloorRows& equal, Report& report,
                                 const std::vector<double>& floors) {
  const std::size_t count = measure.names.size();
  if (!report.wants_any(measure.names)) return {};
  const bool train = measure.reference == "train";
  const at::Tensor& real = train ? sets.train : sets.test;
  const auto picked = [](const at::Tensor& set, const at::Tensor& rows) { return set.index_select(0, rows); };
  const auto draw = [&](const std::vector<FloorRows::Draw>& draws, const auto& sides) {
    return mean_over_draws(count, draws, measure.comparison, sides);
  };
  const std::vector<Outcome> outcomes = measure.comparison(real, sets.samples);
  if (report.values_only()) {
    add_rows(measure, outcomes, real.size(0), sets.samples.size(0), report);
    return {};
  }
  const std::vector<double> floor = !floors.empty() ? floors : draw(equal.draws, [&](const FloorRows::Draw& d) {
    const Pair both(picked(sets.test, d.test), picked(sets.train, d.train));
    return train ? Pair(both.second, both.first) : both;
  });
  const std::vector<double> at_floor = draw(equal.draws, [&](const FloorRows::Draw& d) {
    return Pair(train ? picked(sets.train, d.train) : picked(sets.test, d.test), picked(sets.samples, d.samples));
  });
  std::vector<double> halves(count, kNone);
  if (!train && sets.test.size(0) > 3)
    halves = draw(equal.halves, [&](const FloorRows::Draw& d) {
      return Pair(picked(sets.test, d.first_half), picked(sets.test, d.second_half));
    });
  const std::vector<Outcome> unigram =
      sets.unigram.defined() ? measure.comparison(real, sets.unigram) : std::vector<Outcome>(count);
  const auto intervals = intervals_of(measure, real, sets.samples, outcomes, report.seed());
  const std::vector<Measurement*> rows = add_rows(measure, outcomes, real.size(0), sets.samples.size(0), report);
  for (std::size_t i = 0; i < count; ++i) {
    Measurement& row = *rows[i];
    std::tie(row.low, row.high) = intervals[i];
    row.floor = floor[i];
    row.floor_halves = halves[i];
    row.unigram = unigram[i].value;
    row.value_at_floor = at_floor[i];
    row.n_floor = equal.n;
    if (std::isfinite(row.low) && most_rows(measure, real) < std::max(real.size(0), sets.samples.size(0)) / 2)
      append_note(row.note, "interval from subsets of at most " + std::to_string(most_rows(measure, real)) + " rows");
    if (equal.draws.size() > 1)
      append_note(row.note, "floor and value at floor over " + std::to_string(equal.draws.size()) + " subsets");
  }
  return floor;
}

}  // namespace autodidact
