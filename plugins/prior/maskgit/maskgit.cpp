#include "maskgit.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "decoding.hpp"
#include "guidance.hpp"

namespace autodidact::maskgit {

MaskGit::MaskGit(const Params& params, const Context& context)
    : options_(maskgit_options(params, context)), host_(context.host), classes_(context.n_classes.value_or(0)) {
  const bool several = context.layout.size() > 1;
  for (std::size_t s = 0; s < context.layout.size(); ++s) {
    const Stream& stream = context.layout[s];
    parts_.push_back({.stream = stream,
                      .network = make_network(options_.network, options_.networks[s]),
                      .suffix = several ? "_" + stream.name : ""});
    tokens_ += stream.count();
    nn::State own;
    parts_.back().network->list(own);
    const std::string prefix = several ? stream.name + "." : "";
    for (const Parameter& parameter : own.parameters) state_.parameter(prefix + parameter.name, parameter.tensor);
    for (const Buffer& buffer : own.buffers) state_.buffer(prefix + buffer.name, buffer.tensor);
  }
}

void MaskGit::train(bool on) {
  training_ = on;
  for (const Part& part : parts_) part.network->train(on);
}

void MaskGit::to(c10::Device device) {
  if (!device.is_cpu())
    throw ConfigError("prior maskgit computes on the CPU, asked for '" + device.str() + "'; set device = \"cpu\"");
}

void MaskGit::check_tokens(const at::Tensor& tokens) const {
  if (tokens.dim() != 2 || tokens.size(1) != tokens_ || tokens.scalar_type() != at::kLong)
    throw DataError("prior maskgit: tokens must be int64 (B, " + std::to_string(tokens_) + "), found " +
                    c10::toString(tokens.scalar_type()) + " " + c10::str(tokens.sizes()));
  if (tokens.numel() == 0) return;
  for (const Part& part : parts_) {
    const auto [low, high] = part.of(tokens).aminmax();
    const auto least = low.item<std::int64_t>(), most = high.item<std::int64_t>();
    if (least < 0 || most >= part.stream.vocabulary)
      throw DataError("prior maskgit: tokens of stream '" + part.stream.name + "' must be in [0, " +
                      std::to_string(part.stream.vocabulary) + "), found " + std::to_string(least) + " to " +
                      std::to_string(most));
  }
}

// (B) ids of the class table; "no class" where there are no labels.
at::Tensor MaskGit::class_ids(const at::Tensor& y, std::int64_t batch) const {
  if (!y.defined()) return at::full({batch}, classes_, at::TensorOptions().dtype(at::kLong));
  if (y.dim() != 1 || y.size(0) != batch || y.scalar_type() != at::kLong)
    throw DataError("prior maskgit: labels must be int64 (" + std::to_string(batch) + "), found " +
                    c10::toString(y.scalar_type()) + " " + c10::str(y.sizes()));
  if (y.numel() > 0 && (y.min().item<std::int64_t>() < 0 || y.max().item<std::int64_t>() >= classes_))
    throw DataError("prior maskgit: labels must be in [0, " + std::to_string(classes_) + ")" +
                    (classes_ == 0 ? std::string("; this prior was made without classes") : std::string()));
  return y;
}

Loss MaskGit::fit_step(const at::Tensor& tokens, const at::Tensor& y, const StepInfo&) {
  check_tokens(tokens);
  const at::Generator generator = host_->generator(Purpose::mask);
  const double weight = options_.mean_over_streams ? 1.0 / static_cast<double>(parts_.size()) : 1.0;
  Loss loss;
  std::vector<at::Tensor> earlier;
  for (const Part& part : parts_) {
    const at::Tensor own = part.of(tokens);
    at::Tensor term = fit_stream(part, earlier, own, y, generator, loss);
    if (weight != 1.0) term = term * weight;
    loss.terms.emplace_back("cross_entropy" + part.suffix, term);
    loss.total = loss.total.defined() ? loss.total + term : term;
    earlier.push_back(own);
  }
  return loss;
}

// Mean cross-entropy of one stream; its logs go to `loss`.
at::Tensor MaskGit::fit_stream(const Part& part, const std::vector<at::Tensor>& earlier, const at::Tensor& tokens,
                               const at::Tensor& y, const at::Generator& generator, Loss& loss) const {
  const std::int64_t B = tokens.size(0), N = tokens.size(1), K = part.stream.vocabulary;
  const at::Tensor mask = random_mask(draw_counts(B, N, options_.masking, generator), N, generator);  // (B, N)
  at::Tensor classes = class_ids(y, B);
  // differs: the published code drops classes in evaluation too.
  if (training_ && y.defined() && options_.p_unconditional > 0.0)
    classes = classes.masked_fill(at::rand({B}) < options_.p_unconditional, classes_);

  const at::Tensor masked_rows = mask.view(-1).nonzero().squeeze(1);  // (M)
  // differs: the reference computes hidden states and loss at every position, seen or not; `loss_on = "all"` does so.
  const at::Tensor rows = options_.loss_on_all ? at::arange(B * N) : masked_rows;  // (R)
  const auto pass = part.network->begin(earlier);
  const at::Tensor target = tokens.reshape(-1).index_select(0, rows);  // (R)
  auto [term, hit] = pass->cross_entropy(tokens.masked_fill(mask, K), classes, rows, target, options_.label_smoothing);

  at::NoGradGuard no_grad;
  if (options_.loss_on_all) hit = hit.index_select(0, masked_rows);
  loss.logs.emplace_back("masked_accuracy" + part.suffix, hit.to(at::kFloat).mean());
  loss.logs.emplace_back("masked_share" + part.suffix, mask.to(at::kFloat).mean());
  return term;
}

at::Tensor MaskGit::sample(std::int64_t n, const at::Tensor& y, std::int64_t first_index, const Params& sample) {
  at::NoGradGuard no_grad;
  Guidance guidance{.classes = class_ids(y, n), .none = classes_, .conditional = y.defined()};
  at::Tensor out = at::empty({n, tokens_}, at::TensorOptions().dtype(at::kLong));
  std::vector<at::Tensor> earlier;
  for (std::size_t s = 0; s < parts_.size(); ++s) {
    const Part& part = parts_[s];
    const auto index = static_cast<std::int64_t>(s);
    const std::int64_t N = part.stream.count(), K = part.stream.vocabulary;
    const DecodingOptions decoding{.tokens = N,
                                   .mask_id = K,
                                   .steps = sample.integer_of("steps", index),
                                   .choice_temperature = sample.real_of("choice_temperature", index),
                                   .schedule = options_.masking.schedule,
                                   .stream = index};
    guidance.scale = sample.real_of("guidance_scale", index);
    // What the earlier streams say is worked out here, once for all steps.
    const auto pass = part.network->begin(earlier);
    const bool alike = earlier.empty() && classes_ < n;         // many series of few kinds at the first step
    const at::Tensor offsets = at::arange(n).unsqueeze(1) * N;  // (n, 1), of each series in the flat rows
    const auto draw = [&](const at::Tensor& ids, const at::Tensor& positions, const at::Tensor& uniform) {
      if (alike && positions.size(1) == N)
        return transformer::draw_categorical(at::softmax(first_logits(*pass, guidance, N, K), -1), uniform);
      return guided_draw(*pass, guidance, ids, (positions + offsets).view(-1), uniform);
    };
    earlier.push_back(decode(n, first_index, decoding, *host_, draw));
    part.of(out).copy_(earlier.back());
  }
  return out;
}

std::vector<at::Tensor> MaskGit::masked_log_probs(const at::Tensor& tokens, const at::Tensor& mask,
                                                  const at::Tensor& y) {
  at::NoGradGuard no_grad;
  check_tokens(tokens);
  const at::Tensor classes = class_ids(y, tokens.size(0));
  std::vector<at::Tensor> earlier, out;
  for (const Part& part : parts_) {
    const at::Tensor own = part.of(tokens), hidden = part.of(mask);
    const std::int64_t K = part.stream.vocabulary;
    const at::Tensor rows = hidden.reshape(-1).nonzero().squeeze(1);  // (M)
    if (rows.numel() == 0) {
      out.push_back(at::empty({0, K}));
    } else {
      const at::Tensor ids = own.masked_fill(hidden, K);
      out.push_back(at::log_softmax(part.network->begin(earlier)->logits(ids, classes, rows), -1));
    }
    earlier.push_back(own);
  }
  return out;
}

}  // namespace autodidact::maskgit
