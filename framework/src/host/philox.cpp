#include "host/philox.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "host/random.hpp"

namespace autodidact {

namespace {

constexpr int kLanes = 16;

void check(const char* what, std::int64_t value, int bits) {
  if (value < 0 || value >> bits != 0)
    throw std::out_of_range(std::string("uniform: ") + what + " = " + std::to_string(value) + " must be in [0, 2^" +
                            std::to_string(bits) + ")");
}

// One row: entry j is word j % 4 of the counter (j / 4, c1, c2, c3).
void fill_row(float* out, std::int64_t width, const std::uint32_t (&rest)[3], std::uint64_t key) {
  const auto key0 = static_cast<std::uint32_t>(key), key1 = static_cast<std::uint32_t>(key >> 32);
  for (std::int64_t start = 0; start < width; start += 4 * kLanes) {
    std::uint32_t c[4][kLanes];
    for (int l = 0; l < kLanes; ++l) {
      c[0][l] = static_cast<std::uint32_t>(start / 4 + l);
      for (int w = 0; w < 3; ++w) c[w + 1][l] = rest[w];
    }
    philox4x32(c, key0, key1);
    float numbers[kLanes][4];
    for (int l = 0; l < kLanes; ++l)
      for (int w = 0; w < 4; ++w) numbers[l][w] = open_uniform(c[w][l]);
    const std::int64_t count = std::min<std::int64_t>(width - start, 4 * kLanes);
    std::copy_n(&numbers[0][0], count, out + start);
  }
}

}  // namespace

at::Tensor philox_uniform(std::uint64_t key, std::int64_t first, std::int64_t n, std::int64_t stream, std::int64_t step,
                          std::int64_t draw, std::int64_t width) {
  check("the first series' index", first, 40);
  check("the number of series", n, 40);
  check("the last series' index", first + n, 40);
  check("stream", stream, 8);
  check("step", step, 32);
  check("draw", draw, 16);
  check("width", width, 34);
  at::Tensor out = at::empty({n, width}, at::kFloat);
  float* row = out.data_ptr<float>();
  for (std::int64_t i = 0; i < n; ++i, row += width) {
    const auto index = static_cast<std::uint64_t>(first + i);
    const std::uint32_t rest[3] = {
        static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(step),
        static_cast<std::uint32_t>(index >> 32 << 24 | static_cast<std::uint64_t>(stream) << 16 |
                                   static_cast<std::uint64_t>(draw))};
    fill_row(row, width, rest, key);
  }
  return out;
}

}  // namespace autodidact
