#include <ATen/ATen.h>

#include <algorithm>

#include "metrics/families.hpp"
#include "metrics/random.hpp"

namespace autodidact {

Sets Sets::rows(const at::Tensor& train_rows, const at::Tensor& test_rows, const at::Tensor& sample_rows) const {
  const auto pick = [](const at::Tensor& set, const at::Tensor& index) {
    return set.defined() && index.defined() ? set.index_select(0, index) : at::Tensor();
  };
  return {pick(train, train_rows), pick(test, test_rows), pick(samples, sample_rows)};
}

FloorRows floor_rows(const Sets& sets, std::uint64_t seed) {
  if (!sets.train.defined() || !sets.test.defined() || !sets.samples.defined()) return {};
  FloorRows rows;
  rows.n = std::min({sets.train.size(0), sets.test.size(0), sets.samples.size(0)});
  const auto draw = [&](const at::Tensor& set, const char* purpose) {
    Stream64 stream = stream_for(seed, purpose);
    return draw_subset(set.size(0), rows.n, stream);
  };
  rows.train = draw(sets.train, "floor train");
  rows.test = draw(sets.test, "floor test");
  rows.samples = draw(sets.samples, "floor samples");
  return rows;
}

void compare_sets(const std::vector<std::string>& names, const Sets& sets, const FloorRows& equal,
                  const std::string& reference, const std::string& extractor, const Comparison& comparison,
                  Report& report) {
  const bool train = reference == "train";
  const at::Tensor& real = train ? sets.train : sets.test;
  const std::vector<Outcome> outcomes = comparison(real, sets.samples);
  std::vector<Outcome> floors(names.size()), at_floor(names.size());
  if (equal.n > 0) {
    const Sets few = sets.rows(equal.train, equal.test, equal.samples);
    floors = train ? comparison(few.train, few.test) : comparison(few.test, few.train);
    const bool all = equal.n == real.size(0) && equal.n == sets.samples.size(0);
    at_floor = all ? outcomes : comparison(train ? few.train : few.test, few.samples);
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    Measurement& row = report.add(names[i], reference);
    row.value = outcomes[i].value;
    row.status = outcomes[i].status;
    row.note = outcomes[i].note;
    row.floor = floors[i].value;
    row.value_at_floor = at_floor[i].value;
    row.n_real = real.size(0);
    row.n_gen = sets.samples.size(0);
    row.n_floor = equal.n;
    row.extractor = extractor;
  }
}

}  // namespace autodidact
