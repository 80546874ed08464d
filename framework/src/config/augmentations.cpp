#include "config/augmentations.hpp"

#include <algorithm>

#include "autodidact/plugin/error.hpp"
#include "config/param.hpp"

namespace autodidact {
namespace {

// A step of the kind with every parameter that is not given at its default.
AugmentationStep step_of(const std::string& kind, const Values& given = {}) {
  AugmentationStep step{kind, given};
  for (const ParamInfo& info : find_augmentation_kind(kind)->params)
    step.params.emplace(info.name, *default_value(info));
  return step;
}

AugmentationSet alone(const std::string& name, const std::string& kind) {
  return {name, find_augmentation_kind(kind)->doc, {step_of(kind)}};
}

std::vector<AugmentationSet> all_sets() {
  return {
      {"warp",
       "window warp and amplitude resize, of the NC-VQVAE study",
       {step_of("window_warp"), step_of("amplitude_resize")}},
      {"slice", "slice and shuffle, of the NC-VQVAE study", {step_of("slice_shuffle")}},
      {"gauss", "additive Gaussian noise, of the NC-VQVAE study", {step_of("gaussian_noise")}},
      {"vibcreg",
       "crop, amplitude resize and vertical shift, of VIbCReg; there with two views",
       {step_of("random_crop", {{"crop_ratio", 0.5}}), step_of("uniform_resize"), step_of("vertical_shift")}},
      alone("crop", "random_crop"),
      alone("flip", "flip"),
      alone("sign_flip", "sign_flip"),
      alone("slope", "slope"),
      alone("jitter", "jitter"),
      alone("window_jitter", "window_jitter"),
      alone("magnitude_warp", "magnitude_warp"),
      alone("stft_mask", "stft_mask"),
      alone("band_mask", "stft_band_mask"),
      alone("phase", "stft_phase"),
      alone("stft_noise", "stft_noise"),
  };
}

std::string kind_list() {
  std::string text;
  for (const std::string& name : augmentation_kind_names()) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

const AugmentationKind* find_augmentation_kind(const std::string& name) {
  for (const AugmentationKind& kind : augmentation_kinds())
    if (kind.name == name) return &kind;
  return nullptr;
}

std::vector<std::string> augmentation_kind_names() {
  std::vector<std::string> names;
  for (const AugmentationKind& kind : augmentation_kinds()) names.push_back(kind.name);
  return names;
}

const std::vector<AugmentationSet>& builtin_augmentation_sets() {
  static const std::vector<AugmentationSet> sets = all_sets();
  return sets;
}

std::vector<AugmentationStep> builtin_augmentation(const std::string& name) {
  for (const AugmentationSet& set : builtin_augmentation_sets())
    if (set.name == name) return set.steps;
  return {};
}

std::vector<std::string> builtin_augmentations() {
  std::vector<std::string> names;
  for (const AugmentationSet& set : builtin_augmentation_sets()) names.push_back(set.name);
  return names;
}

bool moves_positions(const AugmentationStep& step) {
  const AugmentationKind* kind = find_augmentation_kind(step.kind);
  return kind && kind->moves;
}

bool moves_positions(const std::vector<AugmentationStep>& steps) {
  return std::any_of(steps.begin(), steps.end(), [](const AugmentationStep& step) { return moves_positions(step); });
}

std::string augmentation_fault(const AugmentationStep& step) {
  const AugmentationKind* kind = find_augmentation_kind(step.kind);
  if (!kind) return "augmentation step '" + step.kind + "' is unknown; the kinds are " + kind_list();
  return kind->fault ? kind->fault(step) : "";
}

double augmentation_number(const AugmentationStep& step, const std::string& name) {
  const AugmentationKind* kind = find_augmentation_kind(step.kind);
  if (!kind) throw ConfigError(augmentation_fault(step));
  const ParamInfo* info = find_param(kind->params, name);
  const auto found = step.params.find(name);
  if (found == step.params.end() && !info)
    throw ConfigError("augmentation step '" + step.kind + "' has no parameter '" + name + "'");
  const Value value = found != step.params.end() ? found->second : *default_value(*info);
  if (const auto* r = std::get_if<double>(&value)) return *r;
  if (const auto* i = std::get_if<std::int64_t>(&value)) return static_cast<double>(*i);
  throw ConfigError("augmentation step '" + step.kind + "': " + name + " must be a number");
}

}  // namespace autodidact
