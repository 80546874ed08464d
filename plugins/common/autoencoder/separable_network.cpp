#include "common/autoencoder/separable_network.hpp"

#include <ATen/ATen.h>

#include "common/nn/narrow_transpose.hpp"

namespace autodidact::autoencoder {
namespace {

bool one_row(const Grid& grid) { return grid.height == 1; }
std::int64_t widest(const SeparableOptions& options, const Grid& grid) { return options.first << (grid.down - 1); }

std::vector<SeparableResidual> chain(std::int64_t blocks, std::int64_t width, const Grid& grid) {
  std::vector<SeparableResidual> out;
  for (std::int64_t i = 0; i < blocks; ++i) out.emplace_back(width, width, one_row(grid));
  return out;
}

nn::ConvShape doubling(const Grid& grid) {
  return {.kernel = {one_row(grid) ? 1 : 3, 4}, .stride = {1, 2}, .padding = {one_row(grid) ? 0 : 1, 1}};
}

// Two transposed convolutions in a row, the second 1 x 1, are one: (in, mid, kh, kw) x (mid, out).
nn::ConvTranspose2d joined(const nn::ConvTranspose2d& full, const nn::ConvTranspose2d& mixing) {
  const at::Tensor mix = mixing.weight.flatten(1);  // (mid, out)
  nn::ConvTranspose2d both;
  both.weight = at::matmul(full.weight.permute({0, 2, 3, 1}), mix).permute({0, 3, 1, 2});
  both.bias = at::addmv(mixing.bias, mix.t(), full.bias);
  both.shape = full.shape;
  return both;
}

}  // namespace

SeparableEncoder::SeparableEncoder(const SeparableOptions& options, const Grid& grid)
    : dropout_(options.dropout),
      levels_(levels_of(options, grid)),
      last_(widest(options, grid), options.hidden, one_row(grid)) {}

std::vector<SeparableEncoder::Level> SeparableEncoder::levels_of(const SeparableOptions& options, const Grid& grid) {
  std::vector<Level> levels;
  levels.push_back({SeparableStrided(options.channels, options.first, Taps::down, one_row(grid)), {}});
  for (std::int64_t width = options.first, i = 1; i < grid.down; ++i, width *= 2) {
    SeparableStrided down(width, 2 * width, Taps::down, one_row(grid));
    levels.push_back({std::move(down), chain(options.encoder_blocks, 2 * width, grid)});
  }
  return levels;
}

at::Tensor SeparableEncoder::operator()(const at::Tensor& u, bool training) const {
  const Mode mode{training, dropout_};
  at::Tensor h = u;
  for (const Level& level : levels_) {
    h = level.down(h, mode);
    for (const SeparableResidual& block : level.residual) h = block(h, mode);
  }
  return last_(h, mode);
}

void SeparableEncoder::list(const std::string& name, nn::State& out) const {
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const std::string level = name + ".level" + std::to_string(i);
    levels_[i].down.list(level + ".down", out);
    for (std::size_t j = 0; j < levels_[i].residual.size(); ++j)
      levels_[i].residual[j].list(level + ".residual" + std::to_string(j), out);
  }
  last_.list(name + ".last", out);
}

SeparableDecoder::SeparableDecoder(const SeparableOptions& options, const Grid& grid)
    : dropout_(options.dropout),
      first_(options.hidden, widest(options, grid), one_row(grid)),
      levels_(levels_of(options, grid)),
      out_(options.first, options.channels, Taps::up, one_row(grid), /*scaled=*/false),
      extra_(options.channels, options.channels, doubling(grid)),
      mixing_(options.channels, options.channels, nn::ConvShape{}) {}

std::vector<SeparableDecoder::Level> SeparableDecoder::levels_of(const SeparableOptions& options, const Grid& grid) {
  std::vector<Level> levels;
  for (std::int64_t width = widest(options, grid), i = 1; i < grid.down; ++i, width /= 2) {
    std::vector<SeparableResidual> blocks = chain(options.decoder_blocks, width, grid);
    levels.push_back({std::move(blocks), SeparableStrided(width, width / 2, Taps::up, one_row(grid))});
  }
  return levels;
}

at::Tensor SeparableDecoder::operator()(const at::Tensor& z, bool training) const {
  const Mode mode{training, dropout_};
  at::Tensor h = first_(z, mode);
  for (const Level& level : levels_) {
    for (const SeparableResidual& block : level.residual) h = block(h, mode);
    h = level.up(h, mode);
  }
  return nn::narrow_transpose(joined(extra_, mixing_), out_(h));
}

void SeparableDecoder::list(const std::string& name, nn::State& out) const {
  first_.list(name + ".first", out);
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const std::string level = name + ".level" + std::to_string(i);
    for (std::size_t j = 0; j < levels_[i].residual.size(); ++j)
      levels_[i].residual[j].list(level + ".residual" + std::to_string(j), out);
    levels_[i].up.list(level + ".up", out);
  }
  out_.list(name + ".out", out);
  extra_.list(name + ".extra", out);
  mixing_.list(name + ".mixing", out);
}

}  // namespace autodidact::autoencoder
