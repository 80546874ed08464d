// Where the families put what they found: every row gets version, unit and direction from the table of measures.
#pragma once

#include <deque>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "metrics/measure.hpp"

namespace autodidact {

inline constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// The row of the table for a measurement's name: "nll_masked/0.50/lf" belongs to "nll_masked/*". Throws
// std::logic_error for a name that no row covers.
const MeasureInfo& measure_info(const std::string& name);

class Report {
 public:
  explicit Report(std::uint64_t seed, Selection wanted = Selection("all"), bool values_only = false)
      : seed_(seed), wanted_(std::move(wanted)), values_only_(values_only) {}

  // Whether a family need compute what these rows say. Rows added without being wanted are dropped at the end.
  bool wants(const std::string& name) const { return wanted_.wants(name); }
  bool wants_any(const std::vector<std::string>& names) const { return wanted_.wants_any(names); }

  std::uint64_t seed() const { return seed_; }
  bool values_only() const { return values_only_; }
  // A row with no value yet; the reference stays valid.
  Measurement& add(const std::string& name, const std::string& reference = "test");
  Measurement& last() { return rows_.back(); }
  void add_undefined(const std::string& name, const std::string& why, const std::string& reference = "test");
  // Marks what rests on this extractor.
  void degrade(const std::string& extractor, const std::string& why);
  // A value that is not finite becomes status undefined, so that it can never enter an average.
  std::vector<Measurement> finish();

 private:
  std::uint64_t seed_;
  Selection wanted_;
  bool values_only_;
  std::deque<Measurement> rows_;
};

// Appends to a note, with "; " between.
void append_note(std::string& note, const std::string& text);

}  // namespace autodidact
