// What the guard lets through to an objective.
#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/guard.hpp"

namespace autodidact {
namespace {

struct Zero final : Objective {
  Loss loss(const ObjectiveInput&) override { return {at::zeros({}), {}, {}}; }
  std::vector<Parameter> parameters() override { return {}; }
  std::vector<Buffer> buffers() override { return {}; }
  void train(bool) override {}
  void to(c10::Device) override {}
};

// Two streams of 2 and 4 positions, three channels each; F as given.
std::string refusal(std::int64_t pooled, const ObjectiveInput& input) {
  Context context;
  context.layout = {{"lf", 1, 2, 3, 4, 0}, {"hf", 2, 2, 3, 5, 2}};
  context.pooled = pooled;
  try {
    guard_objective(std::make_unique<Zero>(), {"objective/o"}, context)->loss(input);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "";
}

Embedding side(std::int64_t series, std::int64_t rows, std::int64_t pooled) {
  return {{at::zeros({series, 3, 1, 2}), at::zeros({series, 3, 2, 2})}, at::zeros({rows, pooled})};
}

TEST(GuardedObjective, RowsAreSeriesOrPositions) {
  ObjectiveInput input;
  input.a = input.b = side(5, 5, 12);
  EXPECT_EQ(refusal(12, input), "");
  input.a = input.b = side(5, 5 * 6, 3);
  EXPECT_EQ(refusal(3, input), "");
  input.a = input.b = side(5, 7, 12);
  EXPECT_THAT(refusal(12, input), testing::HasSubstr("a.pooled"));
  EXPECT_THAT(refusal(12, input), testing::HasSubstr("expected float32 (5, 12)"));
  input.a = side(5, 5, 12);
  input.b = side(5, 30, 12);
  EXPECT_THAT(refusal(12, input), testing::HasSubstr("b.pooled"));
  input.b = side(4, 5, 12);
  EXPECT_THAT(refusal(12, input), testing::HasSubstr("b.maps"));
  input.b = side(5, 5, 12);
  input.target_a = side(5, 30, 12);
  EXPECT_THAT(refusal(12, input), testing::HasSubstr("target_a.pooled"));
  input.target_a.reset();
  input.b.maps.clear();
  EXPECT_THAT(refusal(12, input), testing::HasSubstr("b.maps"));
  input.a.maps.clear();
  EXPECT_THAT(refusal(12, input), testing::HasSubstr("a.maps"));
}

}  // namespace
}  // namespace autodidact
