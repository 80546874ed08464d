#include "maskgit.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "decoding.hpp"

namespace autodidact::maskgit {
namespace {

constexpr std::int64_t kDefaultEmbedding = 64;  // where there is no codebook to take the width from

// The codebook, where it can become the token table.
std::optional<at::Tensor> usable_codebook(const Context& context, std::int64_t embedding) {
  if (context.codebooks.empty() || !context.codebooks.front()) return std::nullopt;
  const at::Tensor& codebook = *context.codebooks.front();
  if (codebook.size(1) != embedding) return std::nullopt;
  return codebook;
}

// input = "codebook" has nothing to start from without a codebook of the embedding's width.
void check_input(const NetworkOptions& network, const Context& context) {
  if (network.input != Input::codebook || usable_codebook(context, network.embedding)) return;
  if (context.codebooks.empty() || !context.codebooks.front())
    throw ConfigError("prior maskgit: input = \"codebook\" starts from the tokenizer's codebook, but stream '" +
                      context.layout.front().name +
                      "' has none; use input = \"token\", or a tokenizer with a codebook");
  throw ConfigError("prior maskgit: input = \"codebook\" takes the codebook's vectors as they are, " +
                    std::to_string(context.codebooks.front()->size(1)) + " wide, but embedding = " +
                    std::to_string(network.embedding) + "; leave embedding at 0, or use input = \"token\"");
}

}  // namespace

MaskGitOptions maskgit_options(const Params& params, const Context& context) {
  if (context.layout.size() != 1)
    throw ConfigError("prior maskgit models one stream of tokens, but the tokenizer gives " +
                      std::to_string(context.layout.size()) +
                      "; use a tokenizer of one stream, or a prior for several (unigram takes any number)");
  const Stream& stream = context.layout.front();
  MaskGitOptions o;
  o.network.tokens = stream.count();
  o.network.codes = stream.vocabulary;
  o.network.classes = context.n_classes.value_or(0);
  o.network.embedding = params.integer("embedding");
  if (o.network.embedding == 0) {
    const bool known = !context.codebooks.empty() && context.codebooks.front().has_value();
    o.network.embedding = known ? context.codebooks.front()->size(1) : kDefaultEmbedding;
  }
  o.network.hidden = params.integer("hidden");
  o.network.layers = params.integer("layers");
  o.network.heads = params.integer("heads");
  o.network.ff_mult = params.integer("ff_mult");
  o.network.second_positions = params.boolean("second_positions");
  o.network.dropout = params.real("dropout");
  o.network.bf16 = context.host->precision() == Precision::bf16;
  o.network.input = input_named(params.text("input"));
  check_input(o.network, context);
  o.masking = {.schedule = schedule_named(params.text("schedule")),
               .convention = convention_named(params.text("mask_convention")),
               .ratio = mask_ratio_named(params.text("mask_ratio"))};
  o.loss_on_all = params.text("loss_on") == "all";
  o.p_unconditional = params.real("p_unconditional");
  o.label_smoothing = params.real("label_smoothing");
  return o;
}

MaskGit::MaskGit(const Params& params, const Context& context)
    : options_(maskgit_options(params, context)),
      host_(context.host),
      network_(options_.network, usable_codebook(context, options_.network.embedding)) {}

void MaskGit::train(bool on) {
  training_ = on;
  network_.train(on);
}

void MaskGit::to(c10::Device device) {
  if (!device.is_cpu())
    throw ConfigError("prior maskgit computes on the CPU, asked for '" + device.str() + "'; set device = \"cpu\"");
}

void MaskGit::check_tokens(const at::Tensor& tokens) const {
  const std::int64_t N = options_.network.tokens, K = options_.network.codes;
  if (tokens.dim() != 2 || tokens.size(1) != N || tokens.scalar_type() != at::kLong)
    throw DataError("prior maskgit: tokens must be int64 (B, " + std::to_string(N) + "), found " +
                    c10::toString(tokens.scalar_type()) + " " + c10::str(tokens.sizes()));
  if (tokens.numel() > 0 && (tokens.min().item<std::int64_t>() < 0 || tokens.max().item<std::int64_t>() >= K))
    throw DataError("prior maskgit: tokens must be in [0, " + std::to_string(K) + "), found " +
                    std::to_string(tokens.min().item<std::int64_t>()) + " to " +
                    std::to_string(tokens.max().item<std::int64_t>()));
}

// (B) ids of the class table; "no class" where there are no labels.
at::Tensor MaskGit::class_ids(const at::Tensor& y, std::int64_t batch) const {
  const std::int64_t none = options_.network.classes;
  if (!y.defined()) return at::full({batch}, none, at::TensorOptions().dtype(at::kLong));
  if (y.dim() != 1 || y.size(0) != batch || y.scalar_type() != at::kLong)
    throw DataError("prior maskgit: labels must be int64 (" + std::to_string(batch) + "), found " +
                    c10::toString(y.scalar_type()) + " " + c10::str(y.sizes()));
  if (y.numel() > 0 && (y.min().item<std::int64_t>() < 0 || y.max().item<std::int64_t>() >= none))
    throw DataError("prior maskgit: labels must be in [0, " + std::to_string(none) + ")" +
                    (none == 0 ? std::string("; this prior was made without classes") : std::string()));
  return y;
}

Loss MaskGit::fit_step(const at::Tensor& tokens, const at::Tensor& y, const StepInfo&) {
  check_tokens(tokens);
  const std::int64_t B = tokens.size(0), N = options_.network.tokens, K = options_.network.codes;
  const at::Generator generator = host_->generator(Purpose::mask);
  const at::Tensor mask =
      random_mask(draw_counts(B, N, options_.masking, generator), N, generator);  // (B, N)
  at::Tensor classes = class_ids(y, B);
  // differs: the reference drops classes in evaluation too (reference.md 1.11).
  if (training_ && y.defined() && options_.p_unconditional > 0.0)
    classes = classes.masked_fill(at::rand({B}) < options_.p_unconditional, options_.network.classes);

  const at::Tensor masked_rows = mask.view(-1).nonzero().squeeze(1);                     // (M)
  // differs: the reference computes hidden states and loss at every position, seen or not; `loss_on = "all"` does so.
  const at::Tensor rows = options_.loss_on_all ? at::arange(B * N) : masked_rows;         // (R)
  const at::Tensor logits = network_.logits(tokens.masked_fill(mask, K), classes, rows);  // (R, K)
  const at::Tensor target = tokens.reshape(-1).index_select(0, rows);                     // (R)
  Loss loss;
  loss.total = at::cross_entropy_loss(logits, target, {}, at::Reduction::Mean, -100, options_.label_smoothing);
  loss.terms.emplace_back("cross_entropy", loss.total);

  at::NoGradGuard no_grad;
  at::Tensor hit = std::get<1>(logits.detach().max(1)) == target;
  if (options_.loss_on_all) hit = hit.index_select(0, masked_rows);
  loss.logs.emplace_back("masked_accuracy", hit.to(at::kFloat).mean());
  loss.logs.emplace_back("masked_share", mask.to(at::kFloat).mean());
  return loss;
}

at::Tensor MaskGit::guided_logits(const at::Tensor& ids, const at::Tensor& y, const at::Tensor& rows,
                                  double scale) const {
  const std::int64_t B = ids.size(0), N = options_.network.tokens;
  const at::Tensor classes = class_ids(y, B);
  if (scale == 1.0 || !y.defined()) return network_.logits(ids, classes, rows);
  // Both branches in one pass: first with the class, then without.
  const at::Tensor none = class_ids({}, B);
  const at::Tensor both = network_.logits(at::cat({ids, ids}), at::cat({classes, none}), at::cat({rows, rows + B * N}));
  const at::Tensor with = both.narrow(0, 0, rows.size(0)), without = both.narrow(0, rows.size(0), rows.size(0));
  return without + scale * (with - without);
}

at::Tensor MaskGit::sample(std::int64_t n, const at::Tensor& y, std::int64_t first_index, const Params& sample) {
  at::NoGradGuard no_grad;
  const std::int64_t N = options_.network.tokens, K = options_.network.codes, C = options_.network.classes;
  class_ids(y, n);  // refuses labels out of range before anything is computed
  const DecodingOptions decoding{.tokens = N, .mask_id = K, .steps = sample.integer_of("steps", 0),
                                 .choice_temperature = sample.real_of("choice_temperature", 0),
                                 .schedule = options_.masking.schedule, .stream = 0};
  const double scale = sample.real_of("guidance_scale", 0);
  const at::Tensor offsets = at::arange(n).unsqueeze(1) * N;  // (n, 1), of each series in the flat rows
  return decode(n, first_index, decoding, *host_, [&](const at::Tensor& ids, const at::Tensor& positions) {
    if (positions.size(1) == N && C < n) return first_logits(n, y, scale);
    return guided_logits(ids, y, (positions + offsets).view(-1), scale);
  });
}

// (n N, K) logits where all is masked: they depend on the class alone, so one pass over the classes serves every
// series.
at::Tensor MaskGit::first_logits(std::int64_t n, const at::Tensor& y, double scale) const {
  const std::int64_t N = options_.network.tokens, K = options_.network.codes;
  const std::int64_t distinct = y.defined() ? options_.network.classes : 1;
  const at::Tensor ids = at::full({distinct, N}, K, at::TensorOptions().dtype(at::kLong));
  const at::Tensor labels = y.defined() ? at::arange(distinct) : at::Tensor();
  const at::Tensor of_class = guided_logits(ids, labels, at::arange(distinct * N), scale).view({distinct, N, K});
  const at::Tensor which = y.defined() ? class_ids(y, n) : at::zeros({n}, ids.options());
  return of_class.index_select(0, which).view({n * N, K});
}

std::vector<at::Tensor> MaskGit::masked_log_probs(const at::Tensor& tokens, const at::Tensor& mask,
                                                  const at::Tensor& y) {
  at::NoGradGuard no_grad;
  check_tokens(tokens);
  const at::Tensor rows = mask.reshape(-1).nonzero().squeeze(1);  // (M)
  if (rows.numel() == 0) return {at::empty({0, options_.network.codes})};
  const at::Tensor ids = tokens.masked_fill(mask, options_.network.codes);
  return {at::log_softmax(network_.logits(ids, class_ids(y, tokens.size(0)), rows), -1)};
}

}  // namespace autodidact::maskgit
