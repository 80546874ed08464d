// How far a series is shortened, and the grid of tokens that remains.
#pragma once

#include <cstdint>

namespace autodidact::autoencoder {

struct Grid {
  std::int64_t rate = 1;    // downsampling rate asked for
  std::int64_t down = 1;    // encoder blocks of stride 2
  std::int64_t up = 0;      // decoder blocks of stride 2, before the two layers that each double once more
  std::int64_t height = 0;  // H' = H frequencies
  std::int64_t width = 0;   // W' frames
};

// How the logarithm of the rate becomes a number of halvings: cut off, as in the first networks, or
// rounded, as in the separable ones (1.15). At least one either way.
enum class Halvings { cut, rounded };

// For series of `length` whose transform has `height` frequencies and `frames` frames; `width` tokens a row are aimed
// at. Throws ConfigError if n_fft < 4 or nothing remains.
Grid grid_for(std::int64_t length, std::int64_t n_fft, std::int64_t height, std::int64_t frames, std::int64_t width,
              Halvings halvings = Halvings::cut);

}  // namespace autodidact::autoencoder
