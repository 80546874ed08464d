#include "data/augment.hpp"

#include <ATen/ATen.h>

#include <array>
#include <string_view>
#include <utility>

#include "autodidact/plugin/error.hpp"
#include "config/augmentations.hpp"
#include "data/augment_stft.hpp"
#include "data/augment_time.hpp"
#include "data/augment_value.hpp"

namespace autodidact {
namespace {

using StepFunction = at::Tensor (*)(const at::Tensor&, const AugmentationStep&, at::Generator&);

// What each kind of config/augmentation_kinds.cpp does.
constexpr std::array<std::pair<std::string_view, StepFunction>, 17> kSteps = {{
    {"window_warp", window_warp_step},
    {"slice_shuffle", slice_shuffle_step},
    {"random_crop", random_crop_step},
    {"flip", flip_step},
    {"amplitude_resize", amplitude_resize_step},
    {"uniform_resize", uniform_resize_step},
    {"vertical_shift", vertical_shift_step},
    {"sign_flip", sign_flip_step},
    {"slope", slope_step},
    {"magnitude_warp", magnitude_warp_step},
    {"gaussian_noise", gaussian_noise_step},
    {"jitter", jitter_step},
    {"window_jitter", window_jitter_step},
    {"stft_mask", stft_mask_step},
    {"stft_band_mask", stft_band_mask_step},
    {"stft_phase", stft_phase_step},
    {"stft_noise", stft_noise_step},
}};

StepFunction function_of(const std::string& kind) {
  for (const auto& [name, function] : kSteps)
    if (name == kind) return function;
  TORCH_CHECK(false, "augment: kind '", kind, "' has parameters and no function");
}

}  // namespace

at::Tensor augment(const at::Tensor& x, const std::vector<AugmentationStep>& steps, at::Generator& generator) {
  at::NoGradGuard no_grad;
  TORCH_CHECK(x.dim() == 3, "augment: found a tensor of rank ", x.dim(), ", expected (B, C, L)");
  at::Tensor result = x;
  for (const AugmentationStep& step : steps) {
    if (const std::string fault = augmentation_fault(step); !fault.empty()) throw ConfigError(fault);
    result = function_of(step.kind)(result, step, generator);
  }
  return steps.empty() ? x.clone() : result;
}

}  // namespace autodidact
