#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "golden.hpp"
#include "golden_names.hpp"
#include "tvq24_network.hpp"

namespace autodidact::maskgit {
namespace {

void add_weight_norm(std::vector<Names>& names, const std::string& ours, const std::vector<std::string>& theirs) {
  for (const std::string part : {"g", "v"}) {
    Names name{.ours = ours + "." + part, .theirs = {}};
    for (const std::string& their : theirs) name.theirs.push_back(their + ".weight_" + part);
    names.push_back(std::move(name));
  }
}
void add_affine(std::vector<Names>& names, const std::string& ours, const std::string& theirs) {
  for (const std::string part : {"weight", "bias"}) names.push_back({ours + "." + part, {theirs + "." + part}});
}

void add_layer(std::vector<Names>& names, const std::string& ours, const std::string& theirs) {
  const std::string attention = theirs + ".0", feed = theirs + ".1";
  add_affine(names, ours + ".attention_norm", attention + ".norm");
  add_weight_norm(names, ours + ".qkv", {attention + ".to_q", attention + ".to_kv"});
  names.push_back({ours + ".extra", {attention + ".null_kv"}});
  names.push_back({ours + ".q_gain", {attention + ".q_scale"}});
  names.push_back({ours + ".k_gain", {attention + ".k_scale"}});
  add_weight_norm(names, ours + ".out", {attention + ".to_out"});
  add_affine(names, ours + ".out_norm", attention + ".norm_out");
  add_affine(names, ours + ".feed_norm", feed + ".0");
  add_weight_norm(names, ours + ".up", {feed + ".1"});
  add_weight_norm(names, ours + ".up_gain", {feed + ".3"});
  names.push_back({ours + ".up_bias", {feed + ".3.bias"}});
  names.push_back({ours + ".down.weight", {feed + ".4.weight"}});
}

std::vector<Names> parameter_names(const NetworkOptions& o) {
  const bool first = o.earlier.empty();
  std::vector<Names> names = {{"token_table", {first ? "tok_emb_l.weight" : "tok_emb_h.weight"}},
                              {"position_table", {"pos_emb.weight"}},
                              {"class_table", {"class_condition_emb.weight"}}};
  add_affine(names, "in", "proj_in");
  for (std::int64_t i = 0; i < o.layers; ++i)
    add_layer(names, "trunk.layer" + std::to_string(i), "blocks.layers." + std::to_string(i));
  add_weight_norm(names, "head", {"pred_head.0"});
  names.push_back({"head.bias", {"pred_head.0.bias"}});
  add_affine(names, "head_norm", "pred_head.2");
  add_weight_norm(names, "head_codes", {"pred_head.3"});
  names.push_back({"head_codes.bias", {"pred_head.3.bias"}});
  if (first) return names;
  // The reference's table has a row for the mask, which no earlier token is.
  names.push_back({.ours = "condition0.table", .theirs = {"tok_emb_l.weight"}, .rows = o.earlier[0].codes});
  add_weight_norm(names, "condition0.wide", {"projector.conv.0"});
  names.push_back({"condition0.wide.bias", {"projector.conv.0.bias"}});
  add_affine(names, "condition0.norm", "projector.conv.2");
  names.push_back({"condition0.norm.running_mean", {"projector.conv.2.running_mean"}});
  names.push_back({"condition0.norm.running_var", {"projector.conv.2.running_var"}});
  add_weight_norm(names, "condition0.narrow", {"projector.conv.3"});
  names.push_back({"condition0.narrow.bias", {"projector.conv.3.bias"}});
  return names;
}

TokenStream stream_of(const GoldenCase& golden, const std::string& band) {
  return {.tokens = golden.integer("tokens_" + band),
          .codes = golden.integer("codes_" + band),
          .embedding = golden.integer("embed_dim"),
          .codebook = std::nullopt};
}

NetworkOptions options_of(const GoldenCase& golden) {
  const bool low = golden.name.starts_with("prior_lf");
  NetworkOptions o;
  o.own = stream_of(golden, low ? "lf" : "hf");
  if (!low) o.earlier = {stream_of(golden, "lf")};
  o.classes = golden.integer("classes");
  o.hidden = golden.integer("hidden_dim");
  o.layers = golden.integer("layers");
  o.heads = golden.integer("heads");
  o.ff_mult = golden.integer("ff_mult");
  return o;
}

}  // namespace

GoldenResult golden_tvq24_network(const GoldenCase& golden) {
  const NetworkOptions options = options_of(golden);
  Tvq24Network network(options);
  nn::State state;
  network.list(state);
  const std::vector<Names> names = parameter_names(options);
  load_weights(state, names, golden);

  const at::Tensor ids = golden.inputs.at("x").to(at::kLong);  // (B, N)
  const at::Tensor classes = golden_classes(golden, ids.size(0), options.classes);
  const at::Tensor cotangent = golden.inputs.at("cotangent");  // (B, N, K)
  std::vector<at::Tensor> earlier;
  if (!options.earlier.empty()) earlier.push_back(golden.inputs.at("tokens_lf").to(at::kLong));
  const auto logits = [&] { return network.begin(earlier)->logits(ids, classes, {}).view(cotangent.sizes()); };
  GoldenResult out;
  {
    at::NoGradGuard no_grad;
    network.train(false);
    out["y_eval"] = logits();
  }
  at::AutoGradMode with_gradient(true);
  network.train(true);
  const at::Tensor y = logits();
  (y * cotangent).sum().backward();
  out["y_train"] = y.detach();
  store_gradients(state, names, golden, out);
  return out;
}

}  // namespace autodidact::maskgit
