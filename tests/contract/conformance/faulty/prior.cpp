// One learned distribution a stream, position and class; positions independent.
#include <torch/csrc/autograd/grad_mode.h>

#include "faulty.hpp"

namespace autodidact::faulty {
namespace {

constexpr ParamSpec kPriorParams[] = {kParams[0],
                                      kParams[1],
                                      kParams[2],
                                      kParams[3],
                                      {.name = "steps",
                                       .type = ParamType::integers,
                                       .default_value = "[4]",
                                       .min = 1,
                                       .max = 9,
                                       .doc = "Steps.",
                                       .phase = Phase::sample}};

class Table final : public Prior, public MaskedLogProbs, public ExactLikelihood {
 public:
  Table(const Params& params, const Context& context)
      : fault_(params, context), layout_(context.layout), classes_(context.n_classes.value_or(0)), host_(context.host) {
    if (fault_.is("streams") && layout_.size() > 1) throw std::runtime_error("one stream only, and not refused");
    if (fault_.is("codes") && !context.codebooks[0]) throw std::runtime_error("a codebook is needed, and not refused");
    for (const Stream& s : layout_)
      tables_.push_back((0.1 * at::randn({classes_ + 1, s.count(), s.vocabulary})).requires_grad_());
  }

  Loss fit_step(const at::Tensor& tokens, const at::Tensor& y, const StepInfo&) override {
    if (fault_.is("batch") && tokens.size(0) == 7) throw std::runtime_error("seven is too many");
    at::Tensor given = tokens;
    if (fault_.is("strides")) given = at::from_blob(given.mutable_data_ptr(), given.sizes(), given.options()).clone();
    const at::Tensor nats = -(likelihoods(given, y) + likelihoods(given, {})).mean();
    Loss loss{.total = nats, .terms = {{"nats", nats}}, .logs = {{"log", nats.detach()}}};
    if (fault_.is("log_graph")) loss.logs[0].second = nats;
    if (fault_.is("sum")) loss.total = 2 * nats;
    if (fault_.is("rises")) loss.total = 2 * nats.detach() - nats;
    return loss;
  }

  at::Tensor sample(std::int64_t n, const at::Tensor& y, std::int64_t first, const Params& sample) override {
    if (fault_.is("value") && sample.integers("steps")[0] == 1) throw std::runtime_error("one step is too few");
    std::vector<at::Tensor> parts;
    for (std::size_t s = 0; s < layout_.size(); ++s) {
      const std::int64_t count = layout_[s].count();
      const std::int64_t from = fault_.is("index") ? 0 : first;
      const auto stream = static_cast<std::int64_t>(s);
      at::Tensor u = host_->uniform(from, n, stream, 0, 0, count);  // (n, N)
      if (fault_.is("draws")) u = at::rand({n, count});
      if (fault_.is("other_stream") && s > 0) u = host_->uniform(0, n, stream, 0, 0, count);
      const at::Tensor shares = at::softmax(rows(s, fault_.is("classless") ? at::Tensor() : y, n), 2).cumsum(2);
      parts.push_back((shares < u.unsqueeze(2)).sum(2).clamp_max(layout_[s].vocabulary - 1));
    }
    return at::cat(parts, 1);
  }

  MaskedLogProbs* masked_log_probs() override { return this; }
  ExactLikelihood* exact_likelihood() override { return this; }
  std::vector<at::Tensor> masked_log_probs(const at::Tensor& tokens, const at::Tensor& mask,
                                           const at::Tensor& y) override {
    if (fault_.is("all_hidden") && mask.all().item<bool>()) throw std::runtime_error("nothing to go by");
    const at::AutoGradMode gradient(fault_.is("graph"));
    std::vector<at::Tensor> out;
    for (std::size_t s = 0; s < layout_.size(); ++s) {
      const Stream& stream = layout_[s];
      at::Tensor table = rows(s, fault_.is("classless") ? at::Tensor() : y, tokens.size(0));
      if (fault_.is("peeps")) table = table + tokens.narrow(1, 0, 12).sum(1).view({-1, 1, 1}) * at::arange(8) * 1e-3;
      if (fault_.is("looks_ahead") && s == 0)
        table = table + tokens.narrow(1, 6, 12).sum(1).view({-1, 1, 1}) * at::arange(8) * 1e-3;
      at::Tensor logs = at::log_softmax(table, 2) - (fault_.is("unequal") ? 0.1 : 0.0);
      out.push_back(logs.index({mask.narrow(1, stream.first, stream.count())}));
    }
    return out;
  }
  at::Tensor log_likelihood(const at::Tensor& tokens, const at::Tensor& y) override {
    return likelihoods(tokens, y) - (fault_.is("improper") ? 0.5 : 0.0);
  }

  std::vector<Parameter> parameters() override {
    std::vector<Parameter> all;
    for (std::size_t s = 0; s < tables_.size(); ++s) all.push_back({"table" + std::to_string(s), tables_[s]});
    return all;
  }
  std::vector<Buffer> buffers() override { return {}; }
  void train(bool) override {}
  void to(c10::Device) override {}

 private:
  at::Tensor rows(std::size_t s, const at::Tensor& y, std::int64_t n) const {  // (n, N, K)
    const at::Tensor row = y.defined() ? y : at::full({n}, classes_, at::kLong);
    return tables_[s].index_select(0, row);
  }
  at::Tensor likelihoods(const at::Tensor& tokens, const at::Tensor& y) const {  // (B)
    at::Tensor total = at::zeros({tokens.size(0)});
    for (std::size_t s = 0; s < layout_.size(); ++s) {
      const at::Tensor codes = tokens.narrow(1, layout_[s].first, layout_[s].count()).unsqueeze(2);
      total = total + at::log_softmax(rows(s, y, tokens.size(0)), 2).gather(2, codes).sum({1, 2});
    }
    return total;
  }

  Fault fault_;
  Layout layout_;
  std::int64_t classes_;
  HostServices* host_;
  std::vector<at::Tensor> tables_;
};

std::unique_ptr<Prior> create(const Params& params, const Context& context) {
  return std::make_unique<Table>(params, context);
}

}  // namespace
}  // namespace autodidact::faulty

FAULTY(prior, "gradient conditional", autodidact::faulty::kPriorParams, nullptr, nullptr, autodidact::faulty::create);
