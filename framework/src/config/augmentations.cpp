#include "config/augmentations.hpp"

#include <charconv>
#include <limits>

#include "autodidact/plugin/error.hpp"

namespace autodidact {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

ParamInfo real(std::string name, std::string default_text, double min, double max, std::string unit, std::string doc) {
  ParamInfo info;
  info.name = std::move(name);
  info.type = ParamType::real;
  info.default_text = std::move(default_text);
  info.min = min;
  info.max = max;
  info.unit = std::move(unit);
  info.doc = std::move(doc);
  return info;
}

ParamInfo integer(std::string name, std::string default_text, double min, double max, std::string unit,
                  std::string doc) {
  ParamInfo info = real(std::move(name), std::move(default_text), min, max, std::move(unit), std::move(doc));
  info.type = ParamType::integer;
  return info;
}

const std::vector<ParamInfo>* params_of(const std::string& kind) {
  for (const auto& [name, params] : augmentation_kinds())
    if (name == kind) return &params;
  return nullptr;
}

std::string kind_list() {
  std::string text;
  for (const auto& entry : augmentation_kinds()) text += (text.empty() ? "" : ", ") + entry.first;
  return text;
}

// A step of the kind with every parameter at its default.
AugmentationStep step_of(const std::string& kind) {
  AugmentationStep step{kind, {}};
  for (const ParamInfo& info : *params_of(kind)) {
    const double number = augmentation_number(step, info.name);
    if (info.type == ParamType::integer)
      step.params[info.name] = static_cast<std::int64_t>(number);
    else
      step.params[info.name] = number;
  }
  return step;
}

}  // namespace

const std::vector<std::pair<std::string, std::vector<ParamInfo>>>& augmentation_kinds() {
  static const std::vector<std::pair<std::string, std::vector<ParamInfo>>> kinds = {
      {"window_warp",
       {real("window_ratio", "0.4", 0, 1, "of L", "length of the window that is stretched or squeezed"),
        real("scale_min", "0.9", 0.01, 100, "", "least factor on the window's length"),
        real("scale_max", "2.0", 0.01, 100, "", "greatest factor on the window's length")}},
      {"amplitude_resize", {real("std", "0.2", 0, kInfinity, "", "the factor of a series is 1 + N(0, std^2)")}},
      {"slice_shuffle", {integer("segments", "4", 1, 1024, "segments", "cut at random places, then permuted")}},
      {"gaussian_noise",
       {real("mean", "0.0", -kInfinity, kInfinity, "", "mean of the noise added to each value"),
        real("std", "0.05", 0, kInfinity, "", "standard deviation of the noise added to each value")}},
  };
  return kinds;
}

std::vector<std::string> builtin_augmentations() { return {"warp", "slice", "gauss"}; }

std::vector<AugmentationStep> builtin_augmentation(const std::string& name) {
  if (name == "warp") return {step_of("window_warp"), step_of("amplitude_resize")};
  if (name == "slice") return {step_of("slice_shuffle")};
  if (name == "gauss") return {step_of("gaussian_noise")};
  return {};
}

std::string augmentation_fault(const AugmentationStep& step) {
  if (!params_of(step.kind)) return "augmentation step '" + step.kind + "' is unknown; the kinds are " + kind_list();
  if (step.kind == "window_warp" && augmentation_number(step, "scale_min") > augmentation_number(step, "scale_max"))
    return "window_warp: scale_min is above scale_max; exchange the two";
  return "";
}

double augmentation_number(const AugmentationStep& step, const std::string& name) {
  const std::vector<ParamInfo>* params = params_of(step.kind);
  if (!params) throw ConfigError(augmentation_fault(step));
  const auto found = step.params.find(name);
  if (found != step.params.end()) {
    if (const auto* r = std::get_if<double>(&found->second)) return *r;
    if (const auto* i = std::get_if<std::int64_t>(&found->second)) return static_cast<double>(*i);
    throw ConfigError("augmentation step '" + step.kind + "': " + name + " must be a number");
  }
  for (const ParamInfo& info : *params) {
    if (info.name != name) continue;
    double value = 0;
    std::from_chars(info.default_text.data(), info.default_text.data() + info.default_text.size(), value);
    return value;
  }
  throw ConfigError("augmentation step '" + step.kind + "' has no parameter '" + name + "'");
}

}  // namespace autodidact
