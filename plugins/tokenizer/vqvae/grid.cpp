#include "grid.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include "autodidact/plugin/error.hpp"

namespace autodidact::vqvae {
namespace {

// Halves are rounded to even numbers, as Python does; nearbyint does so in the default rounding mode.
std::int64_t downsampling_rate(std::int64_t length, std::int64_t n_fft, std::int64_t width) {
  if (length < width) return 1;
  const double hops = static_cast<double>(length) / (std::log2(static_cast<double>(n_fft)) - 1.0);
  const auto rate = static_cast<std::int64_t>(std::nearbyint(hops / static_cast<double>(width)));
  return std::max<std::int64_t>(rate, 1);
}

std::int64_t floor_log2(std::int64_t n) { return std::bit_width(static_cast<std::uint64_t>(n)) - 1; }

}  // namespace

Grid grid_for(std::int64_t length, std::int64_t n_fft, std::int64_t height, std::int64_t frames, std::int64_t width) {
  if (n_fft < 4)
    throw ConfigError("n_fft = " + std::to_string(n_fft) + ": the downsampling rate needs n_fft >= 4; raise n_fft");
  Grid grid;
  grid.rate = downsampling_rate(length, n_fft, width);
  grid.up = std::max<std::int64_t>(0, floor_log2(grid.rate) - 1);
  grid.down = grid.up + 1;
  grid.height = height;
  grid.width = frames;
  for (std::int64_t i = 0; i < grid.down && grid.width > 0; ++i)
    grid.width = grid.width < 2 ? 0 : (grid.width + 2 - 4) / 2 + 1;  // kernel 4, stride 2, padding 1
  if (grid.width < 1)
    throw ConfigError("series of length " + std::to_string(length) + " with n_fft = " + std::to_string(n_fft) +
                      " have " + std::to_string(frames) + " frames, of which " + std::to_string(grid.down) +
                      " halvings leave none; raise width or lower hop");
  return grid;
}

}  // namespace autodidact::vqvae
