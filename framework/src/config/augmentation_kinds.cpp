// The table of kinds.
#include <limits>

#include "config/augmentations.hpp"
#include "config/param.hpp"

namespace autodidact {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLarge = 1000;  // where a strength needs a bound so that float32 stays finite

ParamInfo real(const std::string& name, const std::string& default_text, double min, double max,
               const std::string& unit, const std::string& doc) {
  ParamInfo info = ranged(param(ParamType::real, name, default_text, doc), min, max);
  info.unit = unit;
  return info;
}

ParamInfo integer(const std::string& name, const std::string& default_text, double min, double max,
                  const std::string& unit, const std::string& doc) {
  ParamInfo info = real(name, default_text, min, max, unit, doc);
  info.type = ParamType::integer;
  return info;
}

std::string scale_fault(const AugmentationStep& step) {
  if (augmentation_number(step, "scale_min") <= augmentation_number(step, "scale_max")) return "";
  return step.kind + ": scale_min is above scale_max; exchange the two";
}

std::string hop_fault(const AugmentationStep& step) {
  if (2 * augmentation_number(step, "hop") <= augmentation_number(step, "n_fft")) return "";
  return step.kind + ": hop is above n_fft / 2, so frames would not cover each value; lower hop or raise n_fft";
}

// A kind that works on bins: its own parameters, then those of the transform.
AugmentationKind on_bins(const std::string& name, const std::string& doc, std::vector<ParamInfo> params) {
  params.push_back(integer("n_fft", "32", 2, 4096, "values", "length of a frame of the STFT, Hann window"));
  params.push_back(integer("hop", "8", 1, 2048, "values", "from one frame to the next, at most n_fft / 2"));
  return {name, doc, false, std::move(params), hop_fault};
}

ParamInfo probability(const std::string& name, const std::string& default_text, const std::string& doc) {
  return real(name, default_text, 0, 1, "", doc);
}

// In the order of their files under data/.
std::vector<AugmentationKind> all_kinds() {
  return {
      // positions in time
      {"window_warp",
       "a window, whose length is changed by a random factor, is put back and the series resampled to L",
       true,
       {real("window_ratio", "0.4", 0, 1, "of L", "length of the window that is stretched or squeezed"),
        real("scale_min", "0.9", 0.01, 100, "", "least factor on the window's length"),
        real("scale_max", "2.0", 0.01, 100, "", "greatest factor on the window's length")},
       scale_fault},
      {"slice_shuffle",
       "the series is cut at random places and its segments are put together in random order",
       true,
       {integer("segments", "4", 1, 1024, "segments", "cut at random places, then permuted")}},
      {"random_crop",
       "a random window is stretched linearly to the length of the series",
       true,
       {real("crop_ratio", "0.4", 0, 1, "of L", "length of the window that is kept; 1 keeps all")}},
      {"flip", "the series runs backwards", true, {probability("p", "0.5", "probability that a series is reversed")}},
      // values
      {"amplitude_resize",
       "a series is multiplied by one random factor, normally distributed around 1",
       false,
       {real("std", "0.2", 0, kInfinity, "", "the factor of a series is 1 + N(0, std^2)")}},
      {"uniform_resize",
       "a series is multiplied by one random factor, uniform around 1",
       false,
       {real("rate", "0.3", 0, kLarge, "", "the factor of a series is 1 + U(-rate, rate)")}},
      {"vertical_shift",
       "one random multiple of its own standard deviation is added to each channel",
       false,
       {real("rate", "0.5", 0, kLarge, "of the std", "a series is shifted by U(-rate, rate) standard deviations")}},
      {"sign_flip",
       "the series is turned upside down",
       false,
       {probability("p", "0.5", "probability that a series is multiplied by -1")}},
      {"slope",
       "a straight line through 0 at the first value is added",
       false,
       {real("rate", "0.005", 0, kLarge, "a time step", "the slope of a series is U(-rate, rate)")}},
      {"magnitude_warp",
       "the series is multiplied by a smooth random curve around 1, a cubic spline",
       false,
       {integer("knots", "4", 2, 256, "knots", "of the spline between its two ends, evenly spaced"),
        real("std", "0.2", 0, kLarge, "", "the curve is N(1, std^2) at each knot and both ends")}},
      {"gaussian_noise",
       "normal noise is added to each value",
       false,
       {real("mean", "0.0", -kInfinity, kInfinity, "", "mean of the noise added to each value"),
        real("std", "0.05", 0, kInfinity, "", "standard deviation of the noise added to each value")}},
      {"jitter",
       "normal noise of mean 0 is added to each value",
       false,
       {real("std", "0.1", 0, kLarge, "", "standard deviation of the noise added to each value")}},
      {"window_jitter",
       "normal noise of mean 0 is added to each value inside a random window",
       false,
       {real("window_ratio", "0.4", 0, 1, "of L", "length of the window"),
        real("std", "0.1", 0, kLarge, "", "standard deviation of the noise inside the window")}},
      // bins of the STFT
      on_bins("stft_mask", "each bin of the STFT is 0 with probability p",
              {probability("p", "0.2", "probability that a bin is set to 0")}),
      on_bins("stft_band_mask", "one random band of frequencies of the STFT is multiplied by a factor, in all frames",
              {real("band_ratio", "0.1", 0, 1, "of the bins", "width of the band, at least one bin"),
               real("scale", "0.0", 0, kLarge, "", "factor on the bins of the band; 0 takes them out, 1 leaves them")}),
      on_bins("stft_phase", "each bin of the STFT is turned by a random angle",
              {real("std", "0.45", 0, kLarge, "radians", "the angle of a bin is N(0, std^2)")}),
      on_bins("stft_noise", "complex noise in proportion to its modulus is added to each bin of the STFT",
              {real("std", "0.1", 0, kLarge, "of the modulus",
                    "standard deviation of the complex noise: half of its variance in each part")}),
  };
}

}  // namespace

const std::vector<AugmentationKind>& augmentation_kinds() {
  static const std::vector<AugmentationKind> kinds = all_kinds();
  return kinds;
}

}  // namespace autodidact
