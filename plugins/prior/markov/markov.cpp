#include "markov.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "bridge.hpp"

namespace autodidact::markov {
namespace {

constexpr std::int64_t kNoLabel = -1;
constexpr std::int64_t kGrain = 64;  // series of one task

// The first code whose cumulative probability exceeds u; where rounding leaves the sum below u, the last possible one.
std::int64_t draw(const std::vector<double>& p, double u) {
  double cumulative = 0.0;
  std::size_t possible = 0;
  for (std::size_t k = 0; k < p.size(); ++k) {
    if (p[k] <= 0.0) continue;
    possible = k;
    cumulative += p[k];
    if (cumulative > u) break;
  }
  return static_cast<std::int64_t>(possible);
}

}  // namespace

Markov::Markov(const Params& params, const Context& context)
    : layout_(context.layout),
      classes_(context.n_classes.value_or(0)),
      order_(params.integer("order")),
      per_position_(params.boolean("per_position")),
      smoothing_(params.real("smoothing")),
      host_(context.host) {
  for (const Stream& stream : layout_) tokens_ = std::max(tokens_, stream.first + stream.count());
  state_ = {{"tokens", at::zeros({context.n_train, tokens_}, at::kLong)},
            {"labels", at::full({context.n_train}, kNoLabel, at::kLong)},
            {"series", at::zeros({1}, at::kLong)}};
}

void Markov::to(c10::Device device) {
  if (!device.is_cpu())
    throw ConfigError("prior markov computes on the CPU, asked for '" + device.str() + "'; set device = \"cpu\"");
}

void Markov::check_tokens(const at::Tensor& tokens) const {
  if (tokens.dim() != 2 || tokens.size(1) != tokens_ || tokens.scalar_type() != at::kLong)
    throw DataError("prior markov: tokens must be int64 (B, " + std::to_string(tokens_) + "), found " +
                    c10::toString(tokens.scalar_type()) + " " + c10::str(tokens.sizes()));
  if (tokens.size(0) == 0) return;
  for (const Stream& stream : layout_) {
    const auto [low, high] = at::aminmax(tokens.narrow(1, stream.first, stream.count()));
    if (low.item<std::int64_t>() < 0 || high.item<std::int64_t>() >= stream.vocabulary)
      throw DataError("prior markov: tokens of stream '" + stream.name + "' must be in [0, " +
                      std::to_string(stream.vocabulary) + "), found " + std::to_string(low.item<std::int64_t>()) +
                      " to " + std::to_string(high.item<std::int64_t>()));
  }
}

// (B) int64: the class, or `classes_`, the chain of all series.
at::Tensor Markov::rows(const at::Tensor& y, std::int64_t batch) const {
  if (!y.defined()) return at::full({batch}, classes_, at::TensorOptions().dtype(at::kLong));
  if (y.dim() != 1 || y.size(0) != batch || y.scalar_type() != at::kLong)
    throw DataError("prior markov: labels must be int64 (" + std::to_string(batch) + "), found " +
                    c10::toString(y.scalar_type()) + " " + c10::str(y.sizes()));
  if (y.numel() > 0 && (y.min().item<std::int64_t>() < 0 || y.max().item<std::int64_t>() >= classes_))
    throw DataError("prior markov: labels must be in [0, " + std::to_string(classes_) + ")" +
                    (classes_ == 0 ? std::string("; this prior was made without classes") : std::string()));
  return y.contiguous();
}

void Markov::fit(const at::Tensor& tokens, const at::Tensor& y) {
  at::NoGradGuard no_grad;
  check_tokens(tokens);
  const std::int64_t n = tokens.size(0), room = state_[0].tensor.size(0);
  if (n > room)
    throw DataError("prior markov was made for " + std::to_string(room) + " training series, found " +
                    std::to_string(n));
  const at::Tensor labels = y.defined() ? rows(y, n) : at::full({n}, kNoLabel, at::kLong);
  state_[0].tensor.zero_().narrow(0, 0, n).copy_(tokens);
  state_[1].tensor.fill_(kNoLabel).narrow(0, 0, n).copy_(labels);
  state_[2].tensor.fill_(n);
}

// The buffers are the host's to write, by whatever means (a load, a restored checkpoint), so they are compared in full
// with what was counted: one pass over the tokens, far below the work of any call that asks.
const Markov::Trees& Markov::trees() {
  bool same = !counted_.empty();
  for (std::size_t i = 0; same && i < state_.size(); ++i) same = at::equal(state_[i].tensor, counted_[i]);
  if (!same) recount();
  return trees_;
}

void Markov::recount() {
  const at::Tensor tokens = state_[0].tensor.contiguous(), labels = state_[1].tensor.contiguous();
  const auto n = state_[2].tensor.item<std::int64_t>();
  if (n < 0 || n > tokens.size(0))
    throw DataError("prior markov: buffer 'series' is " + std::to_string(n) + ", but there are tokens of " +
                    std::to_string(tokens.size(0)) + " series");
  check_tokens(tokens.narrow(0, 0, n));
  const auto* token = tokens.const_data_ptr<std::int64_t>();
  const auto* label = labels.const_data_ptr<std::int64_t>();
  if (std::any_of(label, label + n, [&](std::int64_t c) { return c < kNoLabel || c >= classes_; }))
    throw DataError("prior markov: buffer 'labels' must be in [-1, " + std::to_string(classes_) + ")");

  trees_.clear();
  for (const Stream& stream : layout_) {
    const ContextTree empty({.codes = stream.vocabulary,
                             .order = order_,
                             .positions = per_position_ ? stream.count() : 0,
                             .smoothing = smoothing_});
    std::vector<ContextTree> of_class(static_cast<std::size_t>(classes_ + 1), empty);
    for (std::int64_t i = 0; i < n; ++i) {
      const std::int64_t* sequence = token + i * tokens_ + stream.first;
      of_class.back().add(sequence, stream.count());
      if (label[i] != kNoLabel) of_class[static_cast<std::size_t>(label[i])].add(sequence, stream.count());
    }
    trees_.push_back(std::move(of_class));
  }
  counted_.clear();
  for (const Buffer& buffer : state_) counted_.push_back(buffer.tensor.clone());
}

at::Tensor Markov::sample(std::int64_t n, const at::Tensor& y, std::int64_t first_index, const Params&) {
  at::NoGradGuard no_grad;
  const at::Tensor row = rows(y, n);
  const auto* which = row.const_data_ptr<std::int64_t>();
  const Trees& all = trees();
  at::Tensor out = at::empty({n, tokens_}, at::TensorOptions().dtype(at::kLong));
  auto* tokens = out.data_ptr<std::int64_t>();
  for (std::size_t s = 0; s < layout_.size(); ++s) {
    const Stream& stream = layout_[s];
    for (std::int64_t i = 0; i < stream.count(); ++i) {
      const at::Tensor number =
          host_->uniform(first_index, n, static_cast<std::int64_t>(s), i, 0, 1).to(at::kDouble).contiguous();
      const auto* u = number.const_data_ptr<double>();
      at::parallel_for(0, n, kGrain, [&](std::int64_t begin, std::int64_t end) {
        std::vector<double> p(static_cast<std::size_t>(stream.vocabulary));
        for (std::int64_t b = begin; b < end; ++b) {
          std::int64_t* sequence = tokens + b * tokens_ + stream.first;
          all[s][static_cast<std::size_t>(which[b])].distribution(sequence, i, p.data());
          sequence[i] = draw(p, u[b]);
        }
      });
    }
  }
  return out;
}

at::Tensor Markov::log_likelihood(const at::Tensor& tokens, const at::Tensor& y) {
  at::NoGradGuard no_grad;
  check_tokens(tokens);
  const std::int64_t n = tokens.size(0);
  const at::Tensor row = rows(y, n), rows_of_tokens = tokens.contiguous();
  const auto* which = row.const_data_ptr<std::int64_t>();
  const auto* token = rows_of_tokens.const_data_ptr<std::int64_t>();
  const Trees& all = trees();
  at::Tensor out = at::empty({n});
  auto* total = out.data_ptr<float>();
  at::parallel_for(0, n, kGrain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t b = begin; b < end; ++b) {
      double sum = 0.0;
      for (std::size_t s = 0; s < layout_.size(); ++s) {
        const ContextTree& tree = all[s][static_cast<std::size_t>(which[b])];
        const std::int64_t* sequence = token + b * tokens_ + layout_[s].first;
        for (std::int64_t i = 0; i < layout_[s].count(); ++i) sum += std::log(tree.probability(sequence, i));
      }
      total[b] = static_cast<float>(sum);
    }
  });
  return out;
}

std::vector<at::Tensor> Markov::masked_log_probs(const at::Tensor& tokens, const at::Tensor& mask,
                                                 const at::Tensor& y) {
  at::NoGradGuard no_grad;
  check_tokens(tokens);
  const at::Tensor row = rows(y, tokens.size(0));
  std::vector<at::Tensor> out;
  for (std::size_t s = 0; s < layout_.size(); ++s) {
    const Stream& stream = layout_[s];
    out.push_back(masked_of_stream(s, tokens.narrow(1, stream.first, stream.count()),
                                   mask.narrow(1, stream.first, stream.count()), row));
  }
  return out;
}

// tokens, mask (B, N_s), row (B) -> (M_s, K_s) float32.
at::Tensor Markov::masked_of_stream(std::size_t stream, const at::Tensor& tokens, const at::Tensor& mask,
                                    const at::Tensor& row) {
  const std::vector<ContextTree>& of_class = trees()[stream];
  const std::int64_t n = tokens.size(0), N = tokens.size(1), K = layout_[stream].vocabulary;
  const at::Tensor rows_of_tokens = tokens.contiguous(), rows_of_mask = mask.contiguous();
  const at::Tensor last = mask.sum(1).cumsum(0);  // (B), rows of the result up to a series
  const auto* token = rows_of_tokens.const_data_ptr<std::int64_t>();
  const auto* hidden = rows_of_mask.const_data_ptr<bool>();
  const auto* end = last.const_data_ptr<std::int64_t>();
  const auto* which = row.const_data_ptr<std::int64_t>();
  at::Tensor out = at::empty({n > 0 ? end[n - 1] : 0, K});
  auto* result = out.data_ptr<float>();
  at::parallel_for(0, n, kGrain, [&](std::int64_t begin, std::int64_t finish) {
    std::vector<double> p(static_cast<std::size_t>(N * K));
    for (std::int64_t b = begin; b < finish; ++b) {
      const std::int64_t first = b > 0 ? end[b - 1] : 0;
      bridge(of_class[static_cast<std::size_t>(which[b])], K, token + b * N, hidden + b * N, N, p.data());
      std::transform(p.data(), p.data() + (end[b] - first) * K, result + first * K,
                     [](double x) { return static_cast<float>(std::log(x)); });
    }
  });
  return out;
}

}  // namespace autodidact::markov
