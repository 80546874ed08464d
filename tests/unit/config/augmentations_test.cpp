#include "config/augmentations.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "autodidact/plugin/error.hpp"
#include "config/param.hpp"

namespace autodidact {
namespace {

using ::testing::HasSubstr;

TEST(Augmentations, SetsOfTheStudyAndTheirParameters) {
  const auto warp = builtin_augmentation("warp");
  ASSERT_EQ(warp.size(), 2u);
  EXPECT_EQ(warp[0].kind, "window_warp");
  EXPECT_EQ(warp[0].params, (Values{{"window_ratio", 0.4}, {"scale_min", 0.9}, {"scale_max", 2.0}}));
  EXPECT_EQ(warp[1].kind, "amplitude_resize");
  EXPECT_EQ(warp[1].params, (Values{{"std", 0.2}}));
  EXPECT_EQ(builtin_augmentation("slice").at(0).params, (Values{{"segments", std::int64_t{4}}}));
  EXPECT_EQ(builtin_augmentation("gauss").at(0).params, (Values{{"mean", 0.0}, {"std", 0.05}}));
  EXPECT_TRUE(builtin_augmentation("none").empty());
}

TEST(Augmentations, SetOfVibcreg) {
  const auto steps = builtin_augmentation("vibcreg");
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_EQ(steps[0].kind, "random_crop");
  EXPECT_EQ(steps[0].params, (Values{{"crop_ratio", 0.5}}));
  EXPECT_EQ(steps[1].kind, "uniform_resize");
  EXPECT_EQ(steps[1].params, (Values{{"rate", 0.3}}));
  EXPECT_EQ(steps[2].kind, "vertical_shift");
  EXPECT_EQ(steps[2].params, (Values{{"rate", 0.5}}));
}

TEST(Augmentations, NamesAreUniqueAndEveryKindIsInASet) {
  std::set<std::string> sets, used;
  for (const AugmentationSet& set : builtin_augmentation_sets()) {
    EXPECT_TRUE(sets.insert(set.name).second) << set.name;
    EXPECT_FALSE(set.doc.empty()) << set.name;
    for (const AugmentationStep& step : set.steps) {
      used.insert(step.kind);
      EXPECT_EQ(augmentation_fault(step), "");
      EXPECT_EQ(step.params.size(), find_augmentation_kind(step.kind)->params.size());
    }
  }
  EXPECT_FALSE(sets.count("none"));
  const std::vector<std::string> names = augmentation_kind_names();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()), used);
  EXPECT_EQ(names.size(), used.size());
}

TEST(Augmentations, DefaultsAreInTheirRanges) {
  for (const AugmentationKind& kind : augmentation_kinds()) {
    for (const ParamInfo& info : kind.params) {
      EXPECT_TRUE(default_value(info)) << kind.name << "." << info.name;
      EXPECT_FALSE(info.doc.empty()) << kind.name << "." << info.name;
    }
    EXPECT_EQ(augmentation_fault({kind.name, {}}), "");
  }
}

TEST(Augmentations, WhatMovesPositions) {
  std::set<std::string> moving;
  for (const std::string& kind : augmentation_kind_names())
    if (moves_positions(AugmentationStep{kind, {}})) moving.insert(kind);
  EXPECT_EQ(moving, (std::set<std::string>{"window_warp", "slice_shuffle", "random_crop", "flip"}));
  EXPECT_TRUE(moves_positions(builtin_augmentation("warp")));
  EXPECT_TRUE(moves_positions(builtin_augmentation("vibcreg")));
  EXPECT_FALSE(moves_positions(builtin_augmentation("gauss")));
  EXPECT_FALSE(moves_positions(builtin_augmentation("phase")));
  EXPECT_FALSE(moves_positions(std::vector<AugmentationStep>{}));
}

TEST(Augmentations, NumbersAndFaults) {
  EXPECT_EQ(augmentation_number({"window_warp", {}}, "scale_max"), 2.0);  // the default
  EXPECT_EQ(augmentation_number({"stft_mask", {{"hop", std::int64_t{4}}}}, "hop"), 4.0);
  EXPECT_THROW(augmentation_number({"flip", {{"p", std::string("half")}}}, "p"), ConfigError);
  EXPECT_THROW(augmentation_number({"flip", {}}, "q"), ConfigError);
  EXPECT_THROW(augmentation_number({"turn", {}}, "p"), ConfigError);
  EXPECT_THAT(augmentation_fault({"warp", {}}), HasSubstr("window_warp, slice_shuffle"));
  EXPECT_THAT(augmentation_fault({"window_warp", {{"scale_min", 3.0}}}), HasSubstr("scale_min is above scale_max"));
  EXPECT_THAT(augmentation_fault({"stft_phase", {{"n_fft", std::int64_t{16}}}}), testing::IsEmpty());
  EXPECT_THAT(augmentation_fault({"stft_phase", {{"n_fft", std::int64_t{12}}}}), HasSubstr("hop is above n_fft / 2"));
}

// docs/augmentations.md: a section "### `kind`" with each parameter and its default, and each set by name.
TEST(Augmentations, AreAllExplained) {
  std::ifstream in(AUTODIDACT_SOURCE_DIR "/docs/augmentations.md");
  std::ostringstream whole;
  whole << in.rdbuf();
  const std::string text = whole.str();
  for (const AugmentationKind& kind : augmentation_kinds()) {
    const std::size_t begin = text.find("### `" + kind.name + "`\n");
    ASSERT_NE(begin, std::string::npos) << kind.name << " has no section";
    std::string section = text.substr(begin, text.find("\n### ", begin + 1) - begin);
    std::replace(section.begin(), section.end(), '\n', ' ');  // wherever lines are broken
    EXPECT_EQ(section.find("moves positions") != std::string::npos, kind.moves) << kind.name;
    for (const ParamInfo& info : kind.params)
      EXPECT_THAT(section, HasSubstr("`" + info.name + "` = " + info.default_text)) << kind.name;
  }
  for (const AugmentationSet& set : builtin_augmentation_sets())
    EXPECT_THAT(text, HasSubstr("| `" + set.name + "` |")) << "is missing in the table of sets";
}

}  // namespace
}  // namespace autodidact
