#include "unigram.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <algorithm>

namespace autodidact::unigram {

Unigram::Unigram(const Params& params, const Context& context)
    : layout_(context.layout),
      classes_(context.n_classes.value_or(0)),
      smoothing_(params.real("smoothing")),
      host_(context.host) {
  for (const Stream& stream : layout_) {
    tokens_ = std::max(tokens_, stream.first + stream.count());
    counts_.push_back(at::zeros({classes_ + 1, stream.count(), stream.vocabulary}, at::kLong));
  }
}

std::vector<Buffer> Unigram::buffers() {
  std::vector<Buffer> out;
  for (std::size_t s = 0; s < counts_.size(); ++s)
    out.push_back(
        {.name = "counts." + (layout_[s].name.empty() ? std::to_string(s) : layout_[s].name), .tensor = counts_[s]});
  return out;
}

void Unigram::to(c10::Device device) {
  for (at::Tensor& counts : counts_) counts = counts.to(device);
}

void Unigram::check_tokens(const at::Tensor& tokens) const {
  if (tokens.dim() != 2 || tokens.size(1) != tokens_ || tokens.scalar_type() != at::kLong)
    throw DataError("prior unigram: tokens must be int64 (B, " + std::to_string(tokens_) + "), found " +
                    c10::toString(tokens.scalar_type()) + " " + c10::str(tokens.sizes()));
  for (const Stream& stream : layout_) {
    const at::Tensor part = tokens.narrow(1, stream.first, stream.count());
    if (part.numel() > 0 &&
        (part.min().item<std::int64_t>() < 0 || part.max().item<std::int64_t>() >= stream.vocabulary))
      throw DataError("prior unigram: tokens of stream '" + stream.name + "' must be in [0, " +
                      std::to_string(stream.vocabulary) + "), found " +
                      std::to_string(part.min().item<std::int64_t>()) + " to " +
                      std::to_string(part.max().item<std::int64_t>()));
  }
}

// (B) rows of the counts: the class, or that of all series.
at::Tensor Unigram::rows(const at::Tensor& y, std::int64_t batch) const {
  if (!y.defined()) return at::full({batch}, classes_, at::TensorOptions().dtype(at::kLong));
  if (y.dim() != 1 || y.size(0) != batch || y.scalar_type() != at::kLong)
    throw DataError("prior unigram: labels must be int64 (" + std::to_string(batch) + "), found " +
                    c10::toString(y.scalar_type()) + " " + c10::str(y.sizes()));
  if (y.numel() > 0 && (y.min().item<std::int64_t>() < 0 || y.max().item<std::int64_t>() >= classes_))
    throw DataError("prior unigram: labels must be in [0, " + std::to_string(classes_) + ")" +
                    (classes_ == 0 ? std::string("; this prior was made without classes") : std::string()));
  return y;
}

void Unigram::fit(const at::Tensor& tokens, const at::Tensor& y) {
  check_tokens(tokens);
  const at::Tensor row = y.defined() ? rows(y, tokens.size(0)) : at::Tensor();
  for (std::size_t s = 0; s < layout_.size(); ++s) {
    const Stream& stream = layout_[s];
    const std::int64_t N = stream.count(), K = stream.vocabulary;
    at::Tensor& counts = counts_[s];
    // Flat place (position, code) of each token, (B, N).
    const at::Tensor place = tokens.narrow(1, stream.first, N) + at::arange(N, tokens.options()) * K;
    counts.zero_();
    counts[classes_].copy_(at::bincount(place.reshape(-1), {}, N * K).view({N, K}));
    if (row.defined())
      counts.narrow(0, 0, classes_)
          .copy_(at::bincount((place + row.unsqueeze(1) * (N * K)).reshape(-1), {}, classes_ * N * K)
                     .view({classes_, N, K}));
  }
}

at::Tensor Unigram::probabilities(std::size_t stream) const {
  const at::Tensor counts = counts_[stream].to(at::kDouble);
  const auto K = static_cast<double>(counts.size(2));
  // Each series gives one token a position, so the sum over codes is the number of series of the row. A row without
  // any is uniform, also without smoothing.
  const at::Tensor series = counts.sum(2, true);
  return at::where(series + smoothing_ > 0.0, (counts + smoothing_ / K) / (series + smoothing_), 1.0 / K);
}

at::Tensor Unigram::sample(std::int64_t n, const at::Tensor& y, std::int64_t first_index, const Params&) {
  at::NoGradGuard no_grad;
  at::Tensor out = at::empty({n, tokens_}, at::TensorOptions().dtype(at::kLong));
  const at::Tensor row = rows(y, n);
  for (std::size_t s = 0; s < layout_.size(); ++s) {
    const Stream& stream = layout_[s];
    const std::int64_t N = stream.count(), K = stream.vocabulary;
    const at::Tensor uniform =
        host_->uniform(first_index, n, static_cast<std::int64_t>(s), 0, 0, N).to(at::kDouble);  // (n, N)
    const at::Tensor cumulative = probabilities(s).cumsum(2);
    for (std::int64_t c = 0; c <= classes_; ++c) {
      const at::Tensor who = (row == c).nonzero().squeeze(1);
      if (who.numel() == 0) continue;
      // Last codes of probability 0 are out of reach: numbers are scaled to the largest cumulative value.
      const at::Tensor table = cumulative[c].contiguous();  // (N, K)
      const at::Tensor number = (uniform.index_select(0, who).t() * table.narrow(1, K - 1, 1)).contiguous();
      const at::Tensor code = at::searchsorted(table, number, false, /*right=*/true).clamp_max(K - 1);  // (N, n_c)
      out.narrow(1, stream.first, N).index_copy_(0, who, code.t());
    }
  }
  return out;
}

std::vector<at::Tensor> Unigram::masked_log_probs(const at::Tensor& tokens, const at::Tensor& mask,
                                                  const at::Tensor& y) {
  at::NoGradGuard no_grad;
  check_tokens(tokens);
  const at::Tensor row = rows(y, tokens.size(0));
  std::vector<at::Tensor> out;
  for (std::size_t s = 0; s < layout_.size(); ++s) {
    const Stream& stream = layout_[s];
    const at::Tensor hidden = mask.narrow(1, stream.first, stream.count()).nonzero();  // (M, 2), row-major
    const at::Tensor table = probabilities(s).log();
    out.push_back(table.index({row.index_select(0, hidden.select(1, 0)), hidden.select(1, 1)}).to(at::kFloat));
  }
  return out;
}

at::Tensor Unigram::log_likelihood(const at::Tensor& tokens, const at::Tensor& y) {
  at::NoGradGuard no_grad;
  check_tokens(tokens);
  const at::Tensor row = rows(y, tokens.size(0)).unsqueeze(1);  // (B, 1)
  at::Tensor total = at::zeros({tokens.size(0)}, at::kDouble);
  for (std::size_t s = 0; s < layout_.size(); ++s) {
    const Stream& stream = layout_[s];
    const at::Tensor position = at::arange(stream.count(), tokens.options()).unsqueeze(0);  // (1, N_s)
    const at::Tensor code = tokens.narrow(1, stream.first, stream.count());
    total += probabilities(s).log().index({row, position, code}).sum(1);
  }
  return total.to(at::kFloat);
}

}  // namespace autodidact::unigram
