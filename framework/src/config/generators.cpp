#include "config/generators.hpp"

namespace autodidact {
namespace {

ParamInfo integer(std::string name, std::int64_t default_value, double min, double max, std::string unit,
                  std::string doc) {
  ParamInfo info;
  info.name = std::move(name);
  info.type = ParamType::integer;
  info.default_text = std::to_string(default_value);
  info.min = min;
  info.max = max;
  info.unit = std::move(unit);
  info.doc = std::move(doc);
  return info;
}

GeneratorInfo generator(std::string name, std::string summary, std::int64_t n_train, std::int64_t n_test,
                        std::int64_t length, std::int64_t classes) {
  GeneratorInfo info{std::move(name), std::move(summary), n_train, n_test, 1, length, classes, {}};
  constexpr double kMost = 1'000'000;
  // At least one training series a class, so that no test label is unseen.
  info.params = {integer("n_train", n_train, static_cast<double>(classes), kMost, "series", "training series"),
                 integer("n_test", n_test, 1, kMost, "series", "test series"),
                 integer("seed", 1, 0, 9007199254740992.0, "", "another seed gives another set of series")};
  return info;
}

}  // namespace

const std::vector<GeneratorInfo>& dataset_generators() {
  static const std::vector<GeneratorInfo> all = {
      generator("cbf", "cylinder, bell and funnel events in noise", 30, 900, 128, 3),
      generator("synthetic_control", "control charts: normal, cyclic, trends, shifts", 300, 300, 60, 6),
      generator("two_patterns", "two steps up or down in noise; the class is their order", 1000, 4000, 128, 4),
  };
  return all;
}

const GeneratorInfo* find_generator(const std::string& name) {
  for (const GeneratorInfo& info : dataset_generators())
    if (info.name == name) return &info;
  return nullptr;
}

}  // namespace autodidact
