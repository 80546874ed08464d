#include "common/vq/codebook.hpp"

#include <ATen/ATen.h>

#include <memory>
#include <optional>
#include <utility>

#include "common/vq/kmeans.hpp"

namespace autodidact::vq {

Codebook::Codebook(const CodebookOptions& options)
    : options_(options),
      codes_(at::randn({options.codes, options.dimension})),
      sizes_(options.legacy ? at::zeros({options.codes}) : at::ones({options.codes})),
      sums_(codes_.clone()) {
  if (options_.kmeans) started_ = at::zeros({1}, at::kLong);
}

at::Tensor Codebook::assign(const at::Tensor& z) const { return nearest(z, codes_); }

at::Tensor Codebook::draw(const at::Tensor& z, double tau, at::Generator generator) const {
  const at::Tensor squares = codes_.square().sum(1);
  const at::Tensor distance = at::addmm(squares, z, codes_.t(), /*beta=*/1, /*alpha=*/-2);  // (R, K) less |z|^2
  const at::Tensor shares = at::softmax(distance / -tau, 1).cumsum(1, at::kDouble);
  const at::Tensor u = at::rand({z.size(0), 1}, generator, at::TensorOptions().dtype(at::kDouble)).to(z.device());
  // The first code whose cumulative share exceeds u; rounding may leave the last share short of 1.
  return at::searchsorted(shares, u * shares.narrow(1, options_.codes - 1, 1), /*out_int32=*/false, /*right=*/true)
      .squeeze(1)
      .clamp_max(options_.codes - 1);
}

at::Tensor Codebook::look_up(const at::Tensor& index) const { return at::embedding(codes_, index); }

void Codebook::start(const at::Tensor& z, const Randomness& generator) {
  if (!started_.defined() || started_.item<std::int64_t>() != 0) return;
  const at::NoGradGuard no_grad;
  const KMeans means = kmeans(z, options_.codes, options_.kmeans_iterations, generator());
  codes_.copy_(means.centroids);
  if (options_.legacy) {
    sizes_.copy_(means.counts);
    sums_.copy_(means.centroids);
  } else {
    // differs: an empty cluster counts as one vector; with none, its code would jump to 0 in the first step.
    sizes_.copy_(means.counts.clamp_min(1.0));
    sums_.copy_(means.centroids * sizes_.unsqueeze(1));
  }
  started_.fill_(1);
}

void Codebook::update(const at::Tensor& z, const at::Tensor& index, const Randomness& generator) {
  const at::NoGradGuard no_grad;
  const Clusters batch = gather(z, index, options_.codes);
  const double rate = 1.0 - options_.decay;
  sizes_.mul_(options_.decay).add_(batch.counts, rate);
  sums_.mul_(options_.decay).add_(batch.sums, rate);
  const at::Tensor total = sizes_.sum();
  const double all = static_cast<double>(options_.codes) * options_.eps;
  const at::Tensor smoothed = (sizes_ + options_.eps) / (total + all) * total;
  codes_.copy_(sums_ / smoothed.unsqueeze(1));
  revive(z, generator);
}

Codebook::Randomness Codebook::once(Randomness made) {
  return [made = std::move(made), kept = std::make_shared<std::optional<at::Generator>>()] {
    if (!*kept) *kept = made();
    return **kept;
  };
}

void Codebook::revive(const at::Tensor& z, const Randomness& generator) {
  if (options_.revival_threshold <= 0) return;
  const at::Tensor dead = (sizes_ < options_.revival_threshold).nonzero().squeeze(1);
  if (dead.size(0) == 0) return;
  // differs: drawn with replacement, where the published code permutes; two codes of one step may be equal.
  const at::Tensor rows = at::randint(z.size(0), {dead.size(0)}, generator(), at::TensorOptions().dtype(at::kLong));
  const at::Tensor fresh = z.index_select(0, rows.to(z.device()));
  codes_.index_copy_(0, dead, fresh);
  if (options_.legacy) return;
  sizes_.index_fill_(0, dead, options_.revival_threshold);
  sums_.index_copy_(0, dead, fresh * options_.revival_threshold);
}

void Codebook::list(const std::string& name, nn::State& out) const {
  out.buffer(name + ".codes", codes_);
  out.buffer(name + ".sizes", sizes_);
  out.buffer(name + ".sums", sums_);
  if (started_.defined()) out.buffer(name + ".started", started_);
}

void Codebook::set(const at::Tensor& codes, const at::Tensor& sizes, const at::Tensor& sums) {
  codes_.set_data(codes.clone());
  sizes_.set_data(sizes.clone());
  sums_.set_data(sums.clone());
}

Usage usage(const at::Tensor& index, std::int64_t codes) {
  const at::Tensor counts = at::bincount(index, {}, codes);
  const at::Tensor p = counts.to(at::kDouble) / static_cast<double>(index.numel());
  return {(p * (p + 1e-10).log()).sum().neg().exp(), (counts > 0).sum()};
}

}  // namespace autodidact::vq
