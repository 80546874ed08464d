#include "common/autoencoder/grid.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include "autodidact/plugin/error.hpp"

namespace autodidact::autoencoder {
namespace {

// Halves are rounded to even numbers, as Python does; nearbyint does so in the default rounding mode.
std::int64_t downsampling_rate(std::int64_t length, std::int64_t n_fft, std::int64_t width) {
  if (length < width) return 1;
  const double hops = static_cast<double>(length) / (std::log2(static_cast<double>(n_fft)) - 1.0);
  const auto rate = static_cast<std::int64_t>(std::nearbyint(hops / static_cast<double>(width)));
  return std::max<std::int64_t>(rate, 1);
}

std::int64_t floor_log2(std::int64_t n) { return std::bit_width(static_cast<std::uint64_t>(n)) - 1; }

std::int64_t halvings_of(std::int64_t rate, Halvings how) {
  if (how == Halvings::cut) return std::max<std::int64_t>(1, floor_log2(rate));
  const std::int64_t low = floor_log2(rate);
  return std::max<std::int64_t>(1, rate * rate > std::int64_t{2} << (2 * low) ? low + 1 : low);  // rate > 2^(low + 1/2)
}

}  // namespace

Grid grid_for(std::int64_t length, std::int64_t n_fft, std::int64_t height, std::int64_t frames, std::int64_t width,
              Halvings halvings) {
  if (n_fft < 4)
    throw ConfigError("n_fft = " + std::to_string(n_fft) + ": the downsampling rate needs n_fft >= 4; raise n_fft");
  Grid grid;
  grid.rate = downsampling_rate(length, n_fft, width);
  grid.down = halvings_of(grid.rate, halvings);
  grid.up = grid.down - 1;
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

}  // namespace autodidact::autoencoder
