#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "golden.hpp"
#include "golden_names.hpp"
#include "thesis_network.hpp"

namespace autodidact::maskgit {
namespace {

std::vector<Names> parameter_names(const NetworkOptions& o) {
  std::vector<Names> names = {
      {"position_table", {"pos_emb.weight"}},
      {"class_table", {"class_condition_emb.weight"}},
      {"embedding_norm.weight", {"ln.weight"}},
      {"embedding_norm.bias", {"ln.bias"}},
      {"trunk.in.weight", {"blocks.project_in.weight"}},
      {"trunk.positions", {"blocks.pos_emb.emb.weight"}},
      {"trunk.gain", {"blocks.attn_layers.final_norm.g"}},
      {"trunk.out.weight", {"blocks.project_out.weight"}},
      {"head.weight", {"Token_Prediction.0.weight"}},
      {"head.bias", {"Token_Prediction.0.bias"}},
      {"head_norm.weight", {"Token_Prediction.2.weight"}},
      {"head_norm.bias", {"Token_Prediction.2.bias"}},
  };
  if (o.input == Input::token) {
    names.push_back({"token_table", {"tok_emb.weight"}});
    names.push_back({"head_bias", {"bias"}});
  } else {
    names.push_back({"head_codes.weight", {"Token_Prediction.3.weight"}});
    names.push_back({"head_codes.bias", {"Token_Prediction.3.bias"}});
  }
  for (std::int64_t i = 0; i < o.layers; ++i) {
    const std::string ours = "trunk.layer" + std::to_string(i);
    const std::string attention = "blocks.attn_layers.layers." + std::to_string(2 * i);
    const std::string feed = "blocks.attn_layers.layers." + std::to_string(2 * i + 1);
    names.push_back({ours + ".attention_gain", {attention + ".0.0.g"}});
    names.push_back({ours + ".qkv.weight",
                     {attention + ".1.to_q.weight", attention + ".1.to_k.weight", attention + ".1.to_v.weight"}});
    names.push_back({ours + ".out.weight", {attention + ".1.to_out.weight"}});
    names.push_back({ours + ".feed_gain", {feed + ".0.0.g"}});
    names.push_back({ours + ".up.weight", {feed + ".1.ff.0.0.weight"}});
    names.push_back({ours + ".up.bias", {feed + ".1.ff.0.0.bias"}});
    names.push_back({ours + ".down.weight", {feed + ".1.ff.2.weight"}});
    names.push_back({ours + ".down.bias", {feed + ".1.ff.2.bias"}});
  }
  return names;
}

// What of the network has values in the group: of the full embedding the reference stores no table, the vectors of the
// tokens are given.
nn::State stored_state(const Network& network) {
  nn::State all, out;
  network.list(all);
  for (const Parameter& parameter : all.parameters)
    if (parameter.name != "token_table" || network.options().input == Input::token) out.parameters.push_back(parameter);
  return out;
}

NetworkOptions options_of(const GoldenCase& golden) {
  NetworkOptions o;
  o.own = {.tokens = golden.integer("tokens"),
           .codes = golden.integer("codes"),
           .embedding = golden.integer("embed_dim"),
           .codebook = std::nullopt};
  o.classes = golden.integer("classes");
  o.hidden = golden.integer("hidden_dim");
  o.layers = golden.integer("layers");
  o.heads = golden.integer("heads");
  o.ff_mult = golden.integer("ff_mult");
  o.input = golden.name.find("full_embedding") == std::string::npos ? Input::token : Input::codebook;
  return o;
}

}  // namespace

GoldenResult golden_thesis_network(const GoldenCase& golden) {
  const NetworkOptions options = options_of(golden);
  ThesisNetwork network(options);
  const nn::State state = stored_state(network);
  const std::vector<Names> names = parameter_names(options);
  load_weights(state, names, golden);

  const at::Tensor cotangent = golden.inputs.at("cotangent");  // (B, N, K)
  const at::Tensor classes = golden_classes(golden, cotangent.size(0), options.classes);
  const at::Tensor x = golden.inputs.at("x").clone();  // (B, N) ids or (B, N, E) vectors
  const bool vectors = options.input == Input::codebook;
  const auto logits = [&] {
    const at::Tensor rows =
        vectors ? network.logits_of_vectors(x, classes, {}) : network.begin({})->logits(x.to(at::kLong), classes, {});
    return rows.view(cotangent.sizes());
  };
  GoldenResult out;
  {
    at::NoGradGuard no_grad;
    network.train(false);
    out["y_eval"] = logits();
  }
  at::AutoGradMode with_gradient(true);
  network.train(true);
  if (vectors) x.set_requires_grad(true);
  const at::Tensor y = logits();
  (y * cotangent).sum().backward();
  out["y_train"] = y.detach();
  if (vectors) out["grad_x_train"] = x.grad();
  store_gradients(state, names, golden, out);
  return out;
}

}  // namespace autodidact::maskgit
