// Measures that need networks of their own, and what training left in the history: scores made elsewhere, put in rows.
#include <cmath>
#include <string>
#include <vector>

#include "metrics/families.hpp"

namespace autodidact {
namespace {

constexpr std::int64_t kRepeats = 5;  // of networks that judge

// How long the networks were trained, and whether that is less than the measure is defined with.
void mark_short(Measurement& row, std::int64_t steps, std::int64_t recipe) {
  append_note(row.note, std::to_string(steps) + " steps");
  if (steps >= recipe) return;
  row.status = "degraded";
  append_note(row.note, "the recipe has " + std::to_string(recipe));
}

}  // namespace

void measure_classifiers(const MeasureInput& input, Report& report) {
  if (!input.cas) return;
  const ClassifierScores& scores = *input.cas;
  if (!scores.undefined.empty()) {
    for (const char* name : {"cas", "cas_balanced", "cas_ratio", "cas_trts"})
      report.add_undefined(name, scores.undefined);
    return;
  }
  const double trtr = mean_of(scores.trtr);
  const auto add = [&](const char* name, const std::vector<double>& values, double floor) {
    if (values.empty()) return;
    Measurement& row = report.add(name);
    put_repeats(values, row);
    row.floor = floor;
    row.value_at_floor = std::isfinite(floor) ? row.value : kNone;
    row.n_real = input.test_x.size(0);
    row.n_gen = input.conditional_x.defined() ? input.conditional_x.size(0) : 0;
    mark_short(row, scores.steps, scores.recipe_steps);
    if (row.repeats >= kRepeats) return;
    row.status = "degraded";
    append_note(row.note, std::to_string(row.repeats) + " repeats, the recipe has " + std::to_string(kRepeats));
  };
  add("cas", scores.tstr, trtr);
  add("cas_balanced", scores.tstr_balanced, mean_of(scores.trtr_balanced));
  add("cas_trtr", scores.trtr, kNone);
  add("cas_trts", scores.trts, trtr);
  std::vector<double> ratios;  // seed by seed: both sides start from the same weights
  for (std::size_t i = 0; i < scores.tstr.size() && i < scores.trtr.size(); ++i)
    if (scores.trtr[i] > 0) ratios.push_back(scores.tstr[i] / scores.trtr[i]);
  add("cas_ratio", ratios, 1);
}

void measure_recurrent(const MeasureInput& input, Report& report) {
  if (!input.recurrent) return;
  const RecurrentScores& scores = *input.recurrent;
  const auto add = [&](const char* name, const std::vector<double>& values, const std::vector<double>& floors) {
    if (values.empty()) return report.add_undefined(name, "too few series to train on");
    Measurement& row = report.add(name);
    put_repeats(values, row);
    row.floor = mean_of(floors);
    row.value_at_floor = row.value;
    row.n_real = row.n_gen = row.n_floor = scores.n;
    row.note = "not comparable to published values: the published networks have no state for one channel";
    mark_short(row, scores.steps, scores.recipe_steps);
  };
  add("ds_star", scores.discriminative, scores.discriminative_floor);
  add("ps_star", scores.predictive, scores.predictive_floor);
}

void measure_ssl(const MeasureInput& input, Report& report) {
  for (const auto& [name, value] : input.ssl) {
    Measurement& row = report.add("ssl/" + name, "train");
    row.value = value;
    row.note = "of the last epoch of training";
  }
}

}  // namespace autodidact
