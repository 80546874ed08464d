#include "autoregressive.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <stdexcept>

#include "common/transformer/categorical.hpp"
#include "selection.hpp"

namespace autodidact::autoregressive {

AutoregressiveOptions autoregressive_options(const Params& params, const Context& context) {
  AutoregressiveOptions o;
  o.decoder.hidden = params.integer("hidden");
  o.decoder.layers = params.integer("layers");
  o.decoder.heads = params.integer("heads");
  o.decoder.ff_mult = params.integer("ff_mult");
  o.decoder.bf16 = context.host->precision() == Precision::bf16;
  o.p_unconditional = params.real("p_unconditional");
  o.label_smoothing = params.real("label_smoothing");
  o.dropout = params.real("dropout");
  return o;
}

Autoregressive::Autoregressive(const Params& params, const Context& context)
    : options_(autoregressive_options(params, context)),
      layout_(context.layout),
      classes_(context.n_classes.value_or(0)),
      host_(context.host),
      network_(options_.decoder, layout_, classes_) {
  tokens_ = static_cast<std::int64_t>(network_.places().size());
}

void Autoregressive::to(c10::Device device) {
  if (!device.is_cpu())
    throw ConfigError("prior autoregressive computes on the CPU, asked for '" + device.str() +
                      "'; set device = \"cpu\"");
}

void Autoregressive::check_tokens(const at::Tensor& tokens) const {
  if (tokens.dim() != 2 || tokens.size(1) != tokens_ || tokens.scalar_type() != at::kLong)
    throw DataError("prior autoregressive: tokens must be int64 (B, " + std::to_string(tokens_) + "), found " +
                    c10::toString(tokens.scalar_type()) + " " + c10::str(tokens.sizes()));
  if (tokens.size(0) == 0) return;
  for (const Stream& stream : layout_) {
    const auto [low, high] = at::aminmax(tokens.narrow(1, stream.first, stream.count()));
    if (low.item<std::int64_t>() < 0 || high.item<std::int64_t>() >= stream.vocabulary)
      throw DataError("prior autoregressive: tokens of stream '" + stream.name + "' must be in [0, " +
                      std::to_string(stream.vocabulary) + "), found " + std::to_string(low.item<std::int64_t>()) +
                      " to " + std::to_string(high.item<std::int64_t>()));
  }
}

// (B) ids of the class table; "no class" where there are no labels.
at::Tensor Autoregressive::class_ids(const at::Tensor& y, std::int64_t batch) const {
  if (!y.defined()) return at::full({batch}, classes_, at::TensorOptions().dtype(at::kLong));
  if (y.dim() != 1 || y.size(0) != batch || y.scalar_type() != at::kLong)
    throw DataError("prior autoregressive: labels must be int64 (" + std::to_string(batch) + "), found " +
                    c10::toString(y.scalar_type()) + " " + c10::str(y.sizes()));
  if (y.numel() > 0 && (y.min().item<std::int64_t>() < 0 || y.max().item<std::int64_t>() >= classes_))
    throw DataError("prior autoregressive: labels must be in [0, " + std::to_string(classes_) + ")" +
                    (classes_ == 0 ? std::string("; this prior was made without classes") : std::string()));
  return y;
}

// Per stream (B * N_s), beside the rows of Network::logits.
std::vector<at::Tensor> Autoregressive::targets(const at::Tensor& tokens) const {
  std::vector<at::Tensor> out;
  for (const Stream& stream : layout_)
    out.push_back(tokens.narrow(1, stream.first, stream.count()).reshape({tokens.size(0) * stream.count()}));
  return out;
}

Loss Autoregressive::fit_step(const at::Tensor& tokens, const at::Tensor& y, const StepInfo&) {
  check_tokens(tokens);
  const std::int64_t B = tokens.size(0);
  at::Tensor classes = class_ids(y, B);
  if (training_ && y.defined() && options_.p_unconditional > 0.0)
    classes = classes.masked_fill(at::rand({B}) < options_.p_unconditional, classes_);
  const std::vector<at::Tensor> logits = network_.logits(tokens, classes, training_ ? options_.dropout : 0.0);
  const std::vector<at::Tensor> target = targets(tokens);

  Loss loss;
  Scalars of_stream;
  at::Tensor accuracy = at::zeros({});
  for (std::size_t s = 0; s < layout_.size(); ++s) {
    const at::Tensor mean =
        at::cross_entropy_loss(logits[s], target[s], {}, at::Reduction::Mean, -100, options_.label_smoothing);
    const double share = static_cast<double>(layout_[s].count()) / static_cast<double>(tokens_);
    loss.total = loss.total.defined() ? loss.total + share * mean : share * mean;
    at::NoGradGuard no_grad;
    const at::Tensor hit = (logits[s].argmax(1) == target[s]).to(at::kFloat).mean();
    accuracy = accuracy + share * hit;
    of_stream.emplace_back("cross_entropy_" + layout_[s].name, mean.detach());
    of_stream.emplace_back("accuracy_" + layout_[s].name, hit);
  }
  loss.terms.emplace_back("cross_entropy", loss.total);
  loss.logs.emplace_back("accuracy", accuracy);
  if (layout_.size() > 1) loss.logs.insert(loss.logs.end(), of_stream.begin(), of_stream.end());
  return loss;
}

at::Tensor Autoregressive::log_likelihood(const at::Tensor& tokens, const at::Tensor& y) {
  at::NoGradGuard no_grad;
  check_tokens(tokens);
  const std::int64_t B = tokens.size(0);
  const std::vector<at::Tensor> logits = network_.logits(tokens, class_ids(y, B), 0.0), target = targets(tokens);
  at::Tensor total = at::zeros({B}, at::kDouble);
  for (std::size_t s = 0; s < layout_.size(); ++s)
    total -= at::cross_entropy_loss(logits[s], target[s], {}, at::Reduction::None)
                 .to(at::kDouble)
                 .view({B, layout_[s].count()})
                 .sum(1);
  return total.to(at::kFloat);
}

at::Tensor Autoregressive::sample(std::int64_t n, const at::Tensor& y, std::int64_t first_index, const Params& sample) {
  at::NoGradGuard no_grad;
  std::vector<Selection> selection;
  std::vector<double> scale;
  bool guided = false;
  for (std::int64_t s = 0; s < static_cast<std::int64_t>(layout_.size()); ++s) {
    selection.push_back({.temperature = sample.real_of("temperature", s),
                         .top_k = sample.integer_of("top_k", s),
                         .top_p = sample.real_of("top_p", s)});
    scale.push_back(sample.real_of("guidance_scale", s));
    guided = guided || (y.defined() && scale.back() != 1.0);
  }
  // With guidance the series stand twice in one batch: with their class, then without.
  at::Tensor ids = guided ? at::cat({class_ids(y, n), class_ids({}, n)}) : class_ids(y, n);
  Network::Sampler sampler(network_, ids.size(0));
  at::Tensor out = at::empty({n, tokens_}, at::TensorOptions().dtype(at::kLong));
  for (const Network::Place& place : network_.places()) {
    if (host_->stop_requested()) throw std::runtime_error("sampling was stopped on request");
    at::Tensor logits = sampler.next(ids);  // (n or 2 n, K)
    if (guided) {
      const at::Tensor with = logits.narrow(0, 0, n), without = logits.narrow(0, n, n);
      logits = scale[place.stream] == 1.0 ? with : without + scale[place.stream] * (with - without);
    }
    const at::Tensor u =
        host_->uniform(first_index, n, static_cast<std::int64_t>(place.stream), place.position, 0, 1).view({n});
    const at::Tensor code = transformer::draw_categorical(probabilities(logits, selection[place.stream]), u).index;
    out.select(1, place.column).copy_(code);
    ids = guided ? at::cat({code, code}) : code;
  }
  return out;
}

}  // namespace autodidact::autoregressive
