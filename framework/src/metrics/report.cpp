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
  row.floor_halves = row.unigram = kNone;
  return row;
}

void Report::add_undefined(const std::string& name, const std::string& why, const std::string& reference) {
  Measurement& row = add(name, reference);
  row.status = "undefined";
  row.note = why;
}

void Report::degrade(const std::string& extractor, const std::string& why) {
  for (Measurement& row : rows_) {
    if (row.extractor != extractor || row.status == "undefined") continue;
    row.status = "degraded";
    append_note(row.note, why);
  }
}

std::vector<Measurement> Report::finish() {
  std::vector<Measurement> wanted;
  for (Measurement& row : rows_) {
    if (!wanted_.wants(row.name)) continue;
    wanted.push_back(row);
    if (std::isfinite(row.value)) continue;
    Measurement& none = wanted.back();
    if (none.status != "undefined") append_note(none.note, "value is not finite");
    none.status = "undefined";
    none.value = none.low = none.high = kNone;
    none.std = 0;
  }
  return wanted;
}

void append_note(std::string& note, const std::string& text) {
  if (text.empty()) return;
  if (!note.empty()) note += "; ";
  note += text;
}

}  // namespace autodidact
