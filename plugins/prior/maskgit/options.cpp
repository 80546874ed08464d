#include "options.hpp"

#include <ATen/ATen.h>

namespace autodidact::maskgit {
namespace {

std::int64_t default_embedding(const std::string& network) { return network == "tvq24" ? 128 : 64; }

// input = "codebook" has nothing to start from without a codebook of the embedding's width.
void check_codebook(const TokenStream& stream, const std::string& name, const std::optional<at::Tensor>& codebook) {
  if (stream.codebook) return;
  if (!codebook)
    throw ConfigError("prior maskgit: input = \"codebook\" starts from the tokenizer's codebook, but stream '" + name +
                      "' has none; use input = \"token\", or a tokenizer with a codebook");
  throw ConfigError("prior maskgit: input = \"codebook\" takes the codebook's vectors as they are, " +
                    std::to_string(codebook->size(1)) + " wide, but embedding = " + std::to_string(stream.embedding) +
                    "; leave embedding at 0, or use input = \"token\"");
}

class Reader {
 public:
  Reader(const Params& params, const Context& context) : params_(params), context_(context) {}

  TokenStream stream(std::size_t s) const {
    const Stream& layout = context_.layout[s];
    TokenStream out{.tokens = layout.count(),
                    .codes = layout.vocabulary,
                    .embedding = params_.integer("embedding"),
                    .codebook = std::nullopt};
    // The published network of 2024 starts its tables from N(0, 1) whatever the tokenizer has.
    std::optional<at::Tensor> codebook;
    if (network() != "tvq24" && s < context_.codebooks.size()) codebook = context_.codebooks[s];
    if (out.embedding == 0) out.embedding = codebook ? codebook->size(1) : default_embedding(network());
    if (codebook && codebook->size(1) == out.embedding) out.codebook = codebook;
    if (params_.text("input") == "codebook") check_codebook(out, layout.name, codebook);
    return out;
  }

  NetworkOptions network_of(std::size_t s) const {
    const auto index = static_cast<std::int64_t>(s);
    NetworkOptions o;
    o.own = stream(s);
    for (std::size_t earlier = 0; earlier < s; ++earlier) o.earlier.push_back(stream(earlier));
    o.classes = context_.n_classes.value_or(0);
    o.hidden = params_.integer_of("hidden", index);
    o.layers = params_.integer_of("layers", index);
    o.heads = params_.integer_of("heads", index);
    o.ff_mult = params_.integer_of("ff_mult", index);
    o.second_positions = params_.boolean("second_positions");
    o.input = input_named(params_.text("input"));
    o.dropout = params_.real("dropout");
    o.bf16 = context_.host->precision() == Precision::bf16;
    return o;
  }

  const std::string& network() const { return params_.text("network"); }

 private:
  const Params& params_;
  const Context& context_;
};

}  // namespace

MaskGitOptions maskgit_options(const Params& params, const Context& context) {
  const Reader reader(params, context);
  MaskGitOptions o;
  o.network = reader.network();
  if (o.network == "tvq24" && params.text("input") == "codebook")
    throw ConfigError(
        "prior maskgit: network = \"tvq24\" has no form with codebook vectors as input; use input = "
        "\"token\", or network = \"thesis\"");
  if (o.network == "tvq24" && !params.boolean("second_positions"))
    throw ConfigError(
        "prior maskgit: second_positions = false is for network = \"thesis\"; \"tvq24\" has one table of positions. "
        "Leave it out");
  for (std::size_t s = 0; s < context.layout.size(); ++s) o.networks.push_back(reader.network_of(s));
  o.masking = {.schedule = schedule_named(params.text("schedule")),
               .convention = convention_named(params.text("mask_convention")),
               .ratio = mask_ratio_named(params.text("mask_ratio"))};
  o.loss_on_all = params.text("loss_on") == "all";
  o.p_unconditional = params.real("p_unconditional");
  o.label_smoothing = params.real("label_smoothing");
  o.mean_over_streams = params.text("stream_loss") == "mean";
  return o;
}

}  // namespace autodidact::maskgit
