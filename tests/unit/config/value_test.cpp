#include "config/value.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "config/faults.hpp"
#include "config/param.hpp"
#include "config/tree.hpp"

namespace autodidact {
namespace {

TEST(Value, CanonicalText) {
  EXPECT_EQ(to_toml(Value(true)), "true");
  EXPECT_EQ(to_toml(Value(std::int64_t{-3})), "-3");
  EXPECT_EQ(to_toml(Value(3e-4)), "3e-04");
  EXPECT_EQ(to_toml(Value(1.0)), "1.0");
  EXPECT_EQ(to_toml(Value(1e22)), "1e+22");
  EXPECT_EQ(to_toml(Value(0.1)), "0.1");
  EXPECT_EQ(to_toml(Value(-std::numeric_limits<double>::infinity())), "-inf");
  EXPECT_EQ(to_toml(Value(std::string("a\"b\\\n\x01ä"))), "\"a\\\"b\\\\\\n\\u0001ä\"");
  EXPECT_EQ(to_toml(Value(std::vector<double>{4, 0.5})), "[4.0, 0.5]");
  EXPECT_EQ(to_toml(Value(std::vector<std::int64_t>{})), "[]");
}

TEST(Value, TextIsReadBackExactly) {
  for (const double value : {0.1, 1e-7, 123456789.0, 1e300, 5e-324, 2.0 / 3, 1e6}) {
    const auto node = parse_toml_value(to_toml(Value(value)), {"test", 0});
    ASSERT_TRUE(node) << to_toml(Value(value));
    ASSERT_TRUE(std::holds_alternative<double>(node->value)) << to_toml(Value(value));
    EXPECT_EQ(std::get<double>(node->value), value);
  }
  const std::string odd = "quote \" backslash \\ tab \t bell \a end";
  EXPECT_EQ(*parse_toml_value(to_toml(Value(odd)), {"test", 0})->text(), odd);
}

TEST(Value, OnlyOneValueIsTaken) {
  EXPECT_FALSE(parse_toml_value("smoke", {"test", 0}));
  EXPECT_FALSE(parse_toml_value("1\nother = 2", {"test", 0}));
  EXPECT_TRUE(parse_toml_value("{ tokenizer = 50 }", {"test", 0})->table());
}

TEST(Value, OneNumberIsAListOfOne) {
  const ParamInfo sizes = ranged(param(ParamType::integers, "hidden", "[256]", ""), 1, 1024);
  const auto taken = [&](const char* text, Faults& faults) {
    return to_value(*parse_toml_value(text, {"test", 0}), sizes, "prior.hidden", faults);
  };
  Faults none;
  EXPECT_EQ(taken("64", none), Value(std::vector<std::int64_t>{64}));
  EXPECT_EQ(taken("[64]", none), Value(std::vector<std::int64_t>{64}));
  EXPECT_EQ(taken("[128, 32]", none), Value(std::vector<std::int64_t>{128, 32}));
  EXPECT_NO_THROW(none.raise());
  for (const char* bad : {"0", "64.5", "[64, 0]", "[]", "\"64\""}) {
    Faults faults;
    EXPECT_FALSE(taken(bad, faults)) << bad;
    EXPECT_THROW(faults.raise(), ConfigErrors) << bad;
  }
}

}  // namespace
}  // namespace autodidact
