#include "metrics/report.hpp"

#include <cmath>
#include <stdexcept>

namespace autodidact {

const MeasureInfo& measure_info(const std::string& name) {
  const MeasureInfo* best = nullptr;
  for (const MeasureInfo& info : measure_table()) {
    if (info.name == name) return info;
    const bool pattern = info.name.size() > 1 && info.name.ends_with("/*");
    if (!pattern) continue;
    const std::string stem = info.name.substr(0, info.name.size() - 2);
    if (name == stem || name.starts_with(stem + "/")) best = &info;
  }
  if (!best) throw std::logic_error("no row of the table of measures covers '" + name + "'");
  return *best;
}

Measurement& Report::add(const std::string& name, const std::string& reference) {
  const MeasureInfo& info = measure_info(name);
  Measurement& row = rows_.emplace_back();
  row.name = name;
  row.version = info.version;
  row.unit = info.unit;
  row.direction = info.direction;
  row.reference = reference;
  row.seed = seed_;
  row.value = row.low = row.high = row.floor = row.value_at_floor = kNone;
  return row;
}

void Report::add_undefined(const std::string& name, const std::string& why, const std::string& reference) {
  Measurement& row = add(name, reference);
  row.status = "undefined";
  row.note = why;
}

std::vector<Measurement> Report::finish() {
  for (Measurement& row : rows_) {
    if (std::isfinite(row.value)) continue;
    if (row.status != "undefined") append_note(row.note, "value is not finite");
    row.status = "undefined";
    row.value = kNone;
    row.std = 0;
  }
  return {rows_.begin(), rows_.end()};
}

void append_note(std::string& note, const std::string& text) {
  if (text.empty()) return;
  if (!note.empty()) note += "; ";
  note += text;
}

}  // namespace autodidact
