#include "config/param_table.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace autodidact {
namespace {

constexpr double kOpen = std::numeric_limits<double>::infinity();
constexpr const char* kHead =
    "| parameter | type | default | range | unit | phase | meaning |\n|---|---|---|---|---|---|---|\n";

ParamInfo param(ParamType type, const std::string& text, double min, double max) {
  ParamInfo p;
  p.name = "p";
  p.type = type;
  p.default_text = text;
  p.min = min;
  p.max = max;
  p.doc = "What it does.";
  return p;
}

std::string row(const ParamInfo& p) {
  PluginInfo info;
  info.params = {p};
  const std::string table = parameter_table(info), head = kHead;
  EXPECT_EQ(table.substr(0, head.size()), head);
  return table.substr(head.size());
}

TEST(ParameterTable, RangesReadAsWords) {
  EXPECT_EQ(row(param(ParamType::integer, "32", 2, 65536)),
            "| `p` | integer | `32` | 2 to 65536 |  | train | What it does. |\n");
  EXPECT_EQ(row(param(ParamType::real, "1e-5", 1e-12, 1e6)),
            "| `p` | real | `1e-5` | 1e-12 to 1e6 |  | train | What it does. |\n");
  EXPECT_EQ(row(param(ParamType::real, "0.0", 0, kOpen)),
            "| `p` | real | `0.0` | at least 0 |  | train | What it does. |\n");
  EXPECT_EQ(row(param(ParamType::real, "0.0", -kOpen, 1e-5)),
            "| `p` | real | `0.0` | at most 1e-5 |  | train | What it does. |\n");
  EXPECT_EQ(row(param(ParamType::boolean, "true", -kOpen, kOpen)),
            "| `p` | true or false | `true` |  |  | train | What it does. |\n");
}

TEST(ParameterTable, ChoicesUnitsPhasesAndWhatMustBeGiven) {
  ParamInfo p = param(ParamType::choice, "\"mask\"", -kOpen, kOpen);
  p.choices = {"mask", "keep"};
  EXPECT_EQ(row(p), "| `p` | choice | `\"mask\"` | `mask`, `keep` |  | train | What it does. |\n");
  p = param(ParamType::integers, "[10]", 1, kOpen);
  p.unit = "steps";
  p.phase = Phase::sample;
  EXPECT_EQ(row(p), "| `p` | list of integers | `[10]` | at least 1 | steps | sample | What it does. |\n");
  p = param(ParamType::file, "", -kOpen, kOpen);
  p.required = true;
  EXPECT_EQ(row(p), "| `p` | file | required |  |  | train | What it does. |\n");
}

TEST(ParameterTable, TextBreaksNoCell) {
  ParamInfo p = param(ParamType::text, "\"a|b\"", -kOpen, kOpen);
  p.doc = "Scale of |z| * s,\nin <units>; `a*b|c` as it is.";
  EXPECT_EQ(row(p),
            "| `p` | text | `\"a\\|b\"` |  |  | train | Scale of \\|z\\| \\* s, in \\<units>; `a*b\\|c` as it is. |\n");
}

TEST(ParameterTable, NothingToSetIsSaid) { EXPECT_EQ(parameter_table({}), "No parameters.\n"); }

}  // namespace
}  // namespace autodidact
