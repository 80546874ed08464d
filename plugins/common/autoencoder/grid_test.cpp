#include "common/autoencoder/grid.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "autodidact/plugin/error.hpp"

namespace autodidact::autoencoder {
namespace {

struct Row {
  std::string dataset;
  std::int64_t length, frames;
  std::int64_t rate8, down8, width8;     // width 8
  std::int64_t rate32, down32, width32;  // width 32
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.dataset; }

class Study : public ::testing::TestWithParam<Row> {};

TEST_P(Study, HasTheReferenceGrid) {
  const Row row = GetParam();
  const Grid narrow = grid_for(row.length, 8, 5, 1 + row.length / 2, 8);
  EXPECT_EQ(1 + row.length / 2, row.frames);
  EXPECT_EQ(narrow.rate, row.rate8);
  EXPECT_EQ(narrow.down, row.down8);
  EXPECT_EQ(narrow.up, row.down8 - 1);
  EXPECT_EQ(narrow.width, row.width8);
  EXPECT_EQ(narrow.height, 5);
  const Grid wide = grid_for(row.length, 8, 5, 1 + row.length / 2, 32);
  EXPECT_EQ(wide.rate, row.rate32);
  EXPECT_EQ(wide.down, row.down32);
  EXPECT_EQ(wide.width, row.width32);
}

INSTANTIATE_TEST_SUITE_P(
    Datasets, Study,
    ::testing::Values(
        Row{"ECG5000", 140, 71, 9, 3, 8, 2, 1, 35}, Row{"ElectricDevices", 96, 49, 6, 2, 12, 2, 1, 24},
        Row{"FordA", 500, 251, 31, 4, 15, 8, 3, 31}, Row{"FordB", 500, 251, 31, 4, 15, 8, 3, 31},
        Row{"Mallat", 1024, 513, 64, 6, 8, 16, 4, 32}, Row{"StarLightCurves", 1024, 513, 64, 6, 8, 16, 4, 32},
        Row{"ShapesAll", 512, 257, 32, 5, 8, 8, 3, 32}, Row{"SonyAIBORobotSurface1", 70, 36, 4, 2, 9, 1, 1, 18},
        Row{"SonyAIBORobotSurface2", 65, 33, 4, 2, 8, 1, 1, 16}, Row{"Symbols", 398, 200, 25, 4, 12, 6, 2, 50},
        Row{"TwoPatterns", 128, 65, 8, 3, 8, 2, 1, 32}, Row{"UWaveGestureLibraryAll", 945, 473, 59, 5, 14, 15, 3, 59},
        Row{"Wafer", 152, 77, 10, 3, 9, 2, 1, 38}));

TEST(Grid, RoundsHalvesToEven) {
  EXPECT_EQ(grid_for(40, 8, 5, 21, 8).rate, 2);   // 2.5
  EXPECT_EQ(grid_for(56, 8, 5, 29, 8).rate, 4);   // 3.5
  EXPECT_EQ(grid_for(104, 8, 5, 53, 8).rate, 6);  // 6.5
  EXPECT_EQ(grid_for(8, 8, 5, 5, 8).rate, 1);     // 0.5, rounded to 0 and held at 1
  EXPECT_EQ(grid_for(7, 8, 5, 4, 8).rate, 1);     // shorter than the width
}

// The separable networks round the logarithm of the rate: 3 -> 2 halvings, 5 -> 2, 6 -> 3, 11 -> 3, 12 -> 4, 19 -> 4.
TEST(Grid, RoundsTheLogarithmWhereAsked) {
  for (const auto& [rate, halvings] : {std::pair{1, 1}, {2, 1}, {3, 2}, {5, 2}, {6, 3}, {11, 3}, {12, 4}, {19, 4}}) {
    const Grid grid = grid_for(8 * rate, 4, 1, 8 * rate + 1, 8, Halvings::rounded);
    EXPECT_EQ(grid.rate, rate);
    EXPECT_EQ(grid.down, halvings) << rate;
    EXPECT_EQ(grid.up, halvings - 1);
  }
}

TEST(Grid, RefusesWhatLeavesNothing) {
  EXPECT_THROW(grid_for(128, 2, 2, 129, 8), ConfigError);
  EXPECT_THROW(grid_for(1024, 8, 5, 9, 1), ConfigError);
}

}  // namespace
}  // namespace autodidact::autoencoder
