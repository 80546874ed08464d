// What a study of corruptions says of each measure: does it react, from which strength on, and in one direction?
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "results/record.hpp"

namespace autodidact {

// Of one measure to one corruption on one dataset.
struct Reaction {
  std::vector<double> strengths, values;  // by level, the series as they are first (strength 0)
  double low = 0, high = 0;               // interval of the value of the series as they are
  // First level from which on every value lies outside the interval or is undefined; 0: none, the measure is blind.
  std::int64_t leaves = 0;
  bool monotone = false;  // the deviation never shrinks by more than half the interval's width
};

struct Responses {
  // In the order of the study; measures that have an interval, those of class core first.
  std::vector<std::string> datasets, corruptions, measures;
  std::map<std::string, std::string> classes;  // of measures
  // reactions[measure][corruption][dataset]
  std::map<std::string, std::map<std::string, std::map<std::string, Reaction>>> reactions;

  // The strictest over the datasets: the greatest first level, 0 if it is blind on any.
  std::int64_t leaves_everywhere(const std::string& measure, const std::string& corruption) const;
  // The first level at which it leaves on some dataset; 0 if it is blind on all.
  std::int64_t leaves_somewhere(const std::string& measure, const std::string& corruption) const;
  bool monotone(const std::string& measure, const std::string& corruption) const;  // on every dataset
};

Responses responses_of(const Table& study);

std::string responses_markdown(const Responses& responses);  // the table and the text that reads it
std::string study_csv(const Table& study);                   // every value, six digits
std::string responses_vega(
    const Responses& responses);  // a Vega-Lite specification: one field a measure and corruption
std::string responses_page(const Responses& responses);  // one HTML file with curves

}  // namespace autodidact
