// How the table of measures is filled, a family at a time.
#pragma once

#include <string>
#include <vector>

#include "metrics/measure.hpp"

namespace autodidact {

class MeasureTable {
 public:
  // Of the rows that follow.
  void family(const std::string& name, const std::string& source) {
    family_ = name;
    source_ = source;
  }
  MeasureInfo& operator()(const std::string& name, const std::string& direction, const std::string& rank_class,
                          const std::string& unit, const std::string& needs, const std::string& floor,
                          const std::string& summary) {
    rows_.push_back({name, summary, unit, direction, family_, needs, rank_class, floor, source_});
    return rows_.back();
  }
  std::vector<MeasureInfo> take() { return std::move(rows_); }

 private:
  std::string family_, source_;
  std::vector<MeasureInfo> rows_;
};

void add_generation(MeasureTable& add);

}  // namespace autodidact
