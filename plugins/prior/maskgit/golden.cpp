#include "golden.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <string>
#include <utility>
#include <vector>

#include "masking.hpp"
#include "network.hpp"
#include "schedule.hpp"

namespace autodidact::maskgit {
namespace {

// One of our parameters and the reference's it is made of: several are stacked along dimension 0.
struct Names {
  std::string ours;
  std::vector<std::string> theirs;
};

std::vector<Names> parameter_names(std::int64_t layers) {
  std::vector<Names> names = {
      {"token_table", {"tok_emb.weight"}},
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
      {"head_bias", {"bias"}},
  };
  for (std::int64_t i = 0; i < layers; ++i) {
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

using TensorsByName = std::map<std::string, at::Tensor>;

TensorsByName by_name(const Network& network) {
  TensorsByName out;
  for (const Parameter& parameter : network.parameters()) out[parameter.name] = parameter.tensor;
  return out;
}

void load(const TensorsByName& ours, const std::vector<Names>& names, const GoldenCase& golden) {
  if (names.size() != ours.size()) throw std::logic_error("maskgit: the table of reference names is incomplete");
  for (const Names& name : names) {
    std::vector<at::Tensor> parts;
    for (const std::string& their : name.theirs) parts.push_back(golden.inputs.at("w:" + their));
    at::Tensor target = ours.at(name.ours);
    const at::Tensor value = at::cat(parts, 0);
    if (value.sizes() != target.sizes())
      throw std::runtime_error("golden weight '" + name.theirs.front() + "' has another shape than '" + name.ours +
                               "'");
    target.set_data(value);
  }
}

void store_gradients(const TensorsByName& ours, const std::vector<Names>& names, const GoldenCase& golden,
                     GoldenResult& out) {
  for (const Names& name : names) {
    std::int64_t row = 0;
    for (const std::string& their : name.theirs) {
      const std::int64_t rows = golden.inputs.at("w:" + their).size(0);
      out["grad:" + their] = ours.at(name.ours).grad().narrow(0, row, rows).clone();
      row += rows;
    }
  }
}

}  // namespace

GoldenResult golden_decode_counts(const GoldenCase& golden) {
  const Schedule schedule = schedule_named(golden.name.substr(golden.name.find('_') + 1));
  const at::Tensor tokens = golden.inputs.at("N"), steps = golden.inputs.at("T");
  const std::int64_t longest = steps.max().item<std::int64_t>();
  at::Tensor counts = at::full({tokens.size(0), steps.size(0), longest}, -1, at::kLong);  // (N, T, t), -1 where t >= T
  auto count = counts.accessor<std::int64_t, 3>();
  for (std::int64_t i = 0; i < counts.size(0); ++i)
    for (std::int64_t j = 0; j < counts.size(1); ++j) {
      const auto N = tokens[i].item<std::int64_t>(), T = steps[j].item<std::int64_t>();
      for (std::int64_t t = 0; t < T; ++t) count[i][j][t] = masked_after_step(schedule, N, T, t);
    }
  GoldenResult out{{"masked_after_step", counts}};
  // The stored cosine is up to two units in the last place off the correctly rounded one (its value at 1/2 is not
  // sqrt(1/2)), and the group's tolerance is zero: only the polynomial schedules can be compared bit for bit.
  if (schedule == Schedule::cosine) return out;
  at::Tensor shares = at::empty({101}, at::kDouble);
  for (std::int64_t i = 0; i <= 100; ++i) shares[i] = gamma(schedule, static_cast<double>(i) / 100.0);
  out["gamma_at"] = shares;
  return out;
}

GoldenResult golden_training_counts(const GoldenCase& golden) {
  const std::int64_t N = golden.integer("N");
  const at::Tensor ratios = golden.inputs.at("ratios").to(at::kDouble);
  at::Tensor masked = at::empty({ratios.size(0)}, at::kLong);
  for (std::int64_t i = 0; i < ratios.size(0); ++i)
    masked[i] = masked_in_training(Schedule::cosine, Convention::keep, N, ratios[i].item<double>());
  return {{"masked", masked}, {"kept", N - masked}};
}

GoldenResult golden_remask(const GoldenCase& golden) {
  const at::Tensor score = at::log(golden.inputs.at("confidence") + 1e-5);  // +inf where the token is known
  const at::Tensor masked = at::zeros(score.sizes(), at::TensorOptions().dtype(at::kByte));
  return {{"masked", masked.scatter(1, lowest(score, golden.integer("n")), 1)}};
}

GoldenResult golden_network(const GoldenCase& golden) {
  const NetworkOptions options{.tokens = golden.integer("tokens"), .codes = golden.integer("codes"),
                               .classes = golden.integer("classes"), .embedding = golden.integer("embed_dim"),
                               .hidden = golden.integer("hidden_dim"), .layers = golden.integer("layers"),
                               .heads = golden.integer("heads"), .ff_mult = golden.integer("ff_mult")};
  Network network(options, std::nullopt);
  const TensorsByName ours = by_name(network);
  const std::vector<Names> names = parameter_names(options.layers);
  load(ours, names, golden);

  const at::Tensor ids = golden.inputs.at("x").to(at::kLong);  // (B, N)
  const auto given = golden.inputs.find("class");
  const at::Tensor classes = given != golden.inputs.end()
                                 ? given->second.to(at::kLong).view({-1})
                                 : at::full({ids.size(0)}, options.classes, at::TensorOptions().dtype(at::kLong));
  const at::Tensor cotangent = golden.inputs.at("cotangent");  // (B, N, K)
  GoldenResult out;
  {
    at::NoGradGuard no_grad;
    network.train(false);
    out["y_eval"] = network.logits(ids, classes, {}).view(cotangent.sizes());
  }
  at::AutoGradMode with_gradient(true);
  network.train(true);
  const at::Tensor logits = network.logits(ids, classes, {}).view(cotangent.sizes());
  (logits * cotangent).sum().backward();
  out["y_train"] = logits.detach();
  store_gradients(ours, names, golden, out);
  return out;
}

}  // namespace autodidact::maskgit
