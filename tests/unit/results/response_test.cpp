#include "results/response.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace autodidact {
namespace {

// Two datasets, two measures, one corruption in three strengths.
struct Made {
  std::vector<std::string> dataset, corruption, measure, rank, direction, status;
  std::vector<std::int64_t> level;
  std::vector<double> strength, value, low, high;
  void add(const std::string& d, const std::string& c, std::int64_t l, const std::string& m, double v) {
    dataset.push_back(d);
    corruption.push_back(c);
    level.push_back(l);
    strength.push_back(static_cast<double>(l) / 10);
    measure.push_back(m);
    rank.push_back(m == "fid" ? "core" : "extended");
    direction.push_back("lower");
    value.push_back(v);
    low.push_back(0.8);
    high.push_back(1.2);
    status.push_back("ok");
  }
  Table table() const {
    return {{"dataset", "corruption", "level", "strength", "measure", "class", "direction", "value", "low", "high",
             "status"},
            {dataset, corruption, level, strength, measure, rank, direction, value, low, high, status}};
  }
};

Made study() {
  Made m;
  for (const char* d : {"a", "b"}) {
    m.add(d, "none", 0, "kid", 1.0);
    m.add(d, "none", 0, "fid", 1.0);
  }
  for (int l = 1; l <= 3; ++l) {
    m.add("a", "noise", l, "kid", 1.05);
    m.add("b", "noise", l, "kid", l == 3 ? NAN : 1.1);
    m.add("a", "noise", l, "fid", 1.0 + l);
    m.add("b", "noise", l, "fid", l == 1 ? 1.1 : 5.0 - l);
  }
  return m;
}

TEST(Response, NamesTheFirstStrengthFromWhichOnAMeasureIsOutside) {
  const Responses r = responses_of(study().table());
  EXPECT_EQ(r.measures, (std::vector<std::string>{"fid", "kid"}));  // core first
  EXPECT_EQ(r.reactions.at("fid").at("noise").at("a").leaves, 1);
  EXPECT_EQ(r.reactions.at("fid").at("noise").at("b").leaves, 2);
  EXPECT_EQ(r.leaves_everywhere("fid", "noise"), 2);
  EXPECT_EQ(r.leaves_somewhere("fid", "noise"), 1);
  EXPECT_EQ(r.leaves_everywhere("kid", "noise"), 0);
  EXPECT_EQ(r.leaves_somewhere("kid", "noise"), 3);  // undefined is outside
  EXPECT_TRUE(r.reactions.at("fid").at("noise").at("a").monotone);
  EXPECT_FALSE(r.monotone("fid", "noise"));  // on b it comes back by more than half the width
}

TEST(Response, ComingBackInsideIsNotLeaving) {
  Made m = study();
  m.add("a", "noise", 4, "fid", 1.0);
  EXPECT_EQ(responses_of(m.table()).reactions.at("fid").at("noise").at("a").leaves, 0);
}

TEST(Response, WithoutAnIntervalNothingIsSaid) {
  Made m = study();
  m.low.back() = m.high.back() = NAN;  // fid on b at the last level
  EXPECT_EQ(responses_of(m.table()).reactions.at("fid").at("noise").at("b").values.size(), 3u);
  for (std::size_t i = 0; i < m.low.size(); ++i)
    if (m.measure[i] == "kid") m.low[i] = m.high[i] = NAN;
  EXPECT_EQ(responses_of(m.table()).measures, (std::vector<std::string>{"fid"}));
}

TEST(Response, TextNamesWitnessesAndBlindSpots) {
  const std::string text = responses_markdown(responses_of(study().table()));
  EXPECT_NE(text.find("| `fid` | 2~ |"), std::string::npos) << text;
  EXPECT_NE(text.find("| `kid` | (3) |"), std::string::npos) << text;
  EXPECT_NE(text.find("- **noise**: `fid` (2)"), std::string::npos) << text;
  EXPECT_NE(text.find("*0.1, 0.2, 0.3*"), std::string::npos) << text;
}

TEST(Response, TheChartIsASpecificationAndTheCsvHasEveryValue) {
  const Table table = study().table();
  const auto spec = nlohmann::json::parse(responses_vega(responses_of(table)));
  EXPECT_EQ(spec.at("data").at("values").size(), 2u);
  EXPECT_EQ(spec.at("layer").size(), 2u);
  const std::string csv = study_csv(table);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), static_cast<std::ptrdiff_t>(table.rows()) + 1);
  EXPECT_NE(csv.find("b,noise,3,0.3,kid,extended,lower,,0.8,1.2,ok"), std::string::npos) << csv;
}

}  // namespace
}  // namespace autodidact
