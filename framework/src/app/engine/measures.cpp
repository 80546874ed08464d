// autodidact list measures: the table of measures.
#include <nlohmann/json.hpp>

#include "app/engine/verbs.hpp"
#include "metrics/measure.hpp"

namespace autodidact {

std::string measures_report() {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const MeasureInfo& m : measure_table())
    rows.push_back({{"name", m.name},
                    {"version", m.version},
                    {"family", m.family},
                    {"class", m.rank_class},
                    {"direction", m.direction},
                    {"unit", m.unit},
                    {"needs", m.needs},
                    {"floor", m.floor},
                    {"source", m.source},
                    {"summary", m.summary}});
  return rows.dump();
}

}  // namespace autodidact
