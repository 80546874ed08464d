#include "common/vq/quantiser.hpp"

#include <ATen/ATen.h>

#include "common/vq/quantise.hpp"

namespace autodidact::vq {

Quantiser::Quantiser(const CodebookOptions& codebook, std::int64_t channels, bool projected) : codebook_(codebook) {
  if (!projected && codebook.dimension == channels) return;
  in_.emplace(channels, codebook.dimension);
  out_.emplace(codebook.dimension, channels);
}

Quantiser::Pass Quantiser::operator()(const at::Tensor& rows, bool update, const Codebook::Randomness& generator) {
  const at::Tensor h = inward(rows);  // (R, d)
  const at::Tensor seen = h.detach();
  if (update) codebook_.start(seen, generator);
  const at::Tensor index = codebook_.assign(seen);  // (R)
  const Quantised found = quantise(h, codebook_.codes(), index);
  if (update) codebook_.update(seen, index, generator);
  return {outward(found.z_q), found.commitment, in_ ? outward(h) : rows, usage(index, codebook_.options().codes)};
}

at::Tensor Quantiser::open(const at::Tensor& rows) const { return in_ ? outward(inward(rows)) : rows; }

at::Tensor Quantiser::assign(const at::Tensor& rows) const { return codebook_.assign(inward(rows)); }

at::Tensor Quantiser::draw(const at::Tensor& rows, double tau, at::Generator generator) const {
  return codebook_.draw(inward(rows), tau, std::move(generator));
}

at::Tensor Quantiser::look_up(const at::Tensor& index) const { return outward(codebook_.look_up(index)); }

at::Tensor Quantiser::inward(const at::Tensor& rows) const { return in_ ? (*in_)(rows) : rows; }
at::Tensor Quantiser::outward(const at::Tensor& codes) const { return out_ ? (*out_)(codes) : codes; }

void Quantiser::list(const std::string& name, nn::State& out) const {
  if (in_) {
    in_->list(name + ".in", out);
    out_->list(name + ".out", out);
  }
  codebook_.list(name, out);
}

}  // namespace autodidact::vq
