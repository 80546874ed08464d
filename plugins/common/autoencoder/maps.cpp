#include "common/autoencoder/maps.hpp"

#include <ATen/ATen.h>

#include "autodidact/plugin/error.hpp"

namespace autodidact::autoencoder {

at::Tensor rows_of(const at::Tensor& z) { return z.permute({0, 2, 3, 1}).reshape({-1, z.size(1)}); }

at::Tensor map_of(const at::Tensor& rows, std::int64_t height, std::int64_t width) {
  return rows.view({-1, height, width, rows.size(-1)}).permute({0, 3, 1, 2});
}

std::string shape_text(const at::Tensor& t) {
  std::string text = "(";
  for (std::int64_t i = 0; i < t.dim(); ++i) text += (i ? ", " : "") + std::to_string(t.size(i));
  return text + ")";
}

void check_series(const std::string& who, const at::Tensor& x, std::int64_t channels, std::int64_t length) {
  if (x.dim() != 3 || x.size(1) != channels || x.size(2) != length || x.scalar_type() != at::kFloat)
    throw DataError(who + ": series of shape " + shape_text(x) + ", expected (B, " + std::to_string(channels) + ", " +
                    std::to_string(length) + ") float32");
}

void check_tokens(const std::string& who, const at::Tensor& tokens, const Layout& layout) {
  std::int64_t count = 0;
  for (const Stream& stream : layout) count += stream.count();
  if (tokens.dim() != 2 || tokens.size(1) != count || tokens.scalar_type() != at::kLong)
    throw DataError(who + ": tokens of shape " + shape_text(tokens) + ", expected (B, " + std::to_string(count) +
                    ") int64");
  if (tokens.numel() == 0) return;
  for (const Stream& stream : layout) {
    const at::Tensor part = tokens.narrow(1, stream.first, stream.count());
    if (part.min().item<std::int64_t>() < 0 || part.max().item<std::int64_t>() >= stream.vocabulary)
      throw DataError(who + ": a token lies outside [0, " + std::to_string(stream.vocabulary) + ")");
  }
}

}  // namespace autodidact::autoencoder
