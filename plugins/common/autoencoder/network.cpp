#include "common/autoencoder/network.hpp"

#include <ATen/ATen.h>

#include "common/nn/narrow_transpose.hpp"

namespace autodidact::autoencoder {
namespace {

at::Tensor channels_last(const at::Tensor& x, at::ScalarType type) {
  return x.to(type).contiguous(at::MemoryFormat::ChannelsLast);
}

at::Tensor chain(const std::vector<ResidualBlock>& blocks, const at::Tensor& x, at::ScalarType end, const Mode& mode) {
  if (blocks.empty()) return x.to(end);
  ResidualBlock::Stream stream{x, at::leaky_relu(x, kSlope)};
  for (const ResidualBlock& block : blocks)
    stream = block(stream, &block == &blocks.back() ? ResidualBlock::End(end) : std::nullopt, mode);
  return stream.value;
}

void list_all(const std::string& name, const auto& blocks, nn::State& out) {
  for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i].list(name + std::to_string(i), out);
}

}  // namespace

Encoder::Encoder(const NetworkOptions& options, const Grid& grid) : dropout_(options.dropout) {
  for (std::int64_t i = 0; i < grid.down; ++i)
    down_.emplace_back(i == 0 ? options.channels : options.hidden, options.hidden);
  for (std::int64_t i = 0; i < options.encoder_blocks; ++i) residual_.emplace_back(options.hidden, /*with_inner=*/true);
}

at::Tensor Encoder::operator()(const at::Tensor& u, bool training, at::ScalarType compute) const {
  const Mode mode{training, dropout_};
  at::Tensor h = channels_last(u, compute);
  for (const DownBlock& block : down_) h = block(h, mode);
  return chain(residual_, h, u.scalar_type(), mode);
}

void Encoder::list(const std::string& name, nn::State& out) const {
  list_all(name + ".down", down_, out);
  list_all(name + ".residual", residual_, out);
}

Decoder::Decoder(const NetworkOptions& options, const Grid& grid, std::int64_t height, std::int64_t frames)
    : dropout_(options.dropout), height_(height), frames_(frames) {
  for (std::int64_t i = 0; i < options.decoder_blocks; ++i)
    residual_.emplace_back(options.hidden, /*with_inner=*/false);
  for (std::int64_t i = 0; i < grid.up; ++i) up_.emplace_back(options.hidden, options.hidden);
  out_ = nn::ConvTranspose2d(options.hidden, options.channels, kHalving);
  extra_ = nn::ConvTranspose2d(options.channels, options.channels, kHalving);
}

at::Tensor Decoder::operator()(const at::Tensor& z, bool training, at::ScalarType compute) const {
  const Mode mode{training, dropout_};
  at::Tensor h = chain(residual_, channels_last(z, compute), compute, mode);
  for (const UpBlock& block : up_) h = block(h, mode);
  h = extra_(nn::narrow_transpose(out_, h));  // (B, 2C, H', 4 W'')
  return at::upsample_bilinear2d(h, {height_, frames_}, /*align_corners=*/true);
}

void Decoder::list(const std::string& name, nn::State& out) const {
  list_all(name + ".residual", residual_, out);
  list_all(name + ".up", up_, out);
  out_.list(name + ".out", out);
  extra_.list(name + ".extra", out);
}

}  // namespace autodidact::autoencoder
