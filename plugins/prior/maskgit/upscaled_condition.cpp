#include "upscaled_condition.hpp"

#include <ATen/ATen.h>

#include "dropped_embedding.hpp"
#include "taps.hpp"

namespace autodidact::maskgit {
namespace {

constexpr std::int64_t kNoMask = -1;  // earlier tokens are all visible
constexpr std::int64_t kTaps = 7;
constexpr std::int64_t kDilation = 2;  // of the second convolution

// As PyTorch's Conv1d starts.
nn::WeightNorm convolution(std::int64_t in, std::int64_t out) {
  return nn::WeightNorm(nn::fan_in_uniform({out, in, kTaps}, in * kTaps));
}

}  // namespace

UpscaledCondition::UpscaledCondition(const TokenStream& earlier, std::int64_t tokens)
    : table_(token_table(earlier, earlier.codes)),
      wide_(convolution(earlier.embedding, 2 * earlier.embedding)),
      wide_bias_(nn::fan_in_uniform({2 * earlier.embedding}, earlier.embedding * kTaps)),
      norm_(2 * earlier.embedding),
      narrow_(convolution(2 * earlier.embedding, earlier.embedding)),
      narrow_bias_(nn::fan_in_uniform({earlier.embedding}, 2 * earlier.embedding * kTaps)),
      wide_sources_(tap_sources(earlier.tokens, tokens, kTaps, 1)),
      narrow_sources_(tap_sources(tokens, tokens, kTaps, kDilation)) {}

void UpscaledCondition::list(const std::string& name, nn::State& out) const {
  out.parameter(name + ".table", table_);
  wide_.list(name + ".wide", out);
  out.parameter(name + ".wide.bias", wide_bias_);
  norm_.list(name + ".norm", out);
  narrow_.list(name + ".narrow", out);
  out.parameter(name + ".narrow.bias", narrow_bias_);
}

at::Tensor UpscaledCondition::project(const at::Tensor& ids, const at::Tensor& projection, double dropout,
                                      bool training) const {
  const std::int64_t B = ids.size(0), n = ids.size(1), m = wide_sources_.size(0), E = width(),
                     hidden = projection.size(0);
  const bool drops = training && dropout > 0.0;
  const at::Tensor x =
      drops ? dropped_embedding(table_, ids, kNoMask, dropout) : at::embedding(table_, ids);  // (B, n, E)
  const at::Tensor sent = at::linear(x.view({B * n, E}), weight_of_taps(wide_.weight()));     // (B n, 7 2E)
  const at::Tensor wide = gather_taps(sent.view({B, n, kTaps, 2 * E}), wide_sources_, wide_bias_);
  const at::Tensor normed = norm_(at::gelu(wide).view({B * m, 2 * E}), training);

  const at::Tensor narrow = narrow_.weight().view({E, 2 * E * kTaps});
  const at::Tensor composed = weight_of_taps(at::mm(projection, narrow).view({hidden, 2 * E, kTaps}));
  const at::Tensor sent_on = at::linear(normed, composed).view({B, m, kTaps, hidden});
  return gather_taps(sent_on, narrow_sources_, at::mv(projection, narrow_bias_));
}

}  // namespace autodidact::maskgit
