#include "softmax_table.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace autodidact::softmax_table {

SoftmaxTable::SoftmaxTable(const Params& params, const Context& context)
    : layout_(context.layout),
      classes_(context.n_classes.value_or(0)),
      speed_(params.real("speed")),
      host_(context.host) {
  for (const Stream& stream : layout_) {
    tokens_ = std::max(tokens_, stream.first + stream.count());
    tables_.push_back(at::zeros({classes_ + 1, stream.count(), stream.vocabulary}).requires_grad_());
  }
}

at::Tensor SoftmaxTable::rows(const at::Tensor& y, std::int64_t batch) const {
  return y.defined() ? y : at::full({batch}, classes_, at::TensorOptions(at::kLong).device(tables_.front().device()));
}

at::Tensor SoftmaxTable::log_probability(const at::Tensor& tokens, const at::Tensor& row) const {
  at::Tensor total;
  for (std::size_t s = 0; s < tables_.size(); ++s) {
    const at::Tensor code = tokens.narrow(1, layout_[s].first, layout_[s].count()).unsqueeze(2);  // (B, N_s, 1)
    const at::Tensor logs = at::log_softmax(tables_[s], 2).index_select(0, row);                  // (B, N_s, K_s)
    const at::Tensor part = logs.gather(2, code).sum({1, 2});
    total = total.defined() ? total + part : part;
  }
  return total;
}

Loss SoftmaxTable::fit_step(const at::Tensor& tokens, const at::Tensor& y, const StepInfo&) {
  const auto nats = [&](const at::Tensor& labels) {
    return -log_probability(tokens, rows(labels, tokens.size(0))).mean() / static_cast<double>(tokens_);
  };
  Loss loss;
  loss.terms.emplace_back("all_series", nats({}));
  if (y.defined()) loss.terms.emplace_back("by_class", nats(y));
  for (const auto& [name, term] : loss.terms) loss.total = loss.total.defined() ? loss.total + term : term;
  return loss;
}

at::Tensor SoftmaxTable::sample(std::int64_t n, const at::Tensor& y, std::int64_t first_index, const Params&) {
  const at::Tensor row = rows(y, n);
  at::Tensor out = at::empty({n, tokens_}, row.options());
  for (std::size_t s = 0; s < tables_.size(); ++s) {
    const std::int64_t first = layout_[s].first, N = layout_[s].count(), K = layout_[s].vocabulary;
    const at::Tensor number = host_->uniform(first_index, n, static_cast<std::int64_t>(s), 0, 0, N).to(row.device());
    const at::Tensor cumulative = at::softmax(tables_[s].detach(), 2).cumsum(2);  // (classes + 1, N_s, K_s)
    for (std::int64_t r = 0; r <= classes_; ++r) {
      const at::Tensor who = (row == r).nonzero().squeeze(1);  // series of this row
      if (who.numel() == 0) continue;
      // The first code whose cumulative probability exceeds the number, (N_s, who).
      const at::Tensor wanted = number.index_select(0, who).t().contiguous();
      const at::Tensor code = at::searchsorted(cumulative[r].contiguous(), wanted, false, /*right=*/true);
      out.narrow(1, first, N).index_copy_(0, who, code.clamp_max(K - 1).t());
    }
  }
  return out;
}

std::vector<at::Tensor> SoftmaxTable::masked_log_probs(const at::Tensor& tokens, const at::Tensor& mask,
                                                       const at::Tensor& y) {
  const at::Tensor row = rows(y, tokens.size(0));
  std::vector<at::Tensor> out;
  for (std::size_t s = 0; s < tables_.size(); ++s) {
    const at::Tensor hidden = mask.narrow(1, layout_[s].first, layout_[s].count()).nonzero();  // (M, 2), row-major
    const at::Tensor logs = at::log_softmax(tables_[s].detach(), 2);
    out.push_back(logs.index({row.index_select(0, hidden.select(1, 0)), hidden.select(1, 1)}));  // (M, K_s)
  }
  return out;
}

at::Tensor SoftmaxTable::log_likelihood(const at::Tensor& tokens, const at::Tensor& y) {
  return log_probability(tokens, rows(y, tokens.size(0)));
}

std::vector<Parameter> SoftmaxTable::parameters() {
  std::vector<Parameter> out;
  for (std::size_t s = 0; s < tables_.size(); ++s)
    out.push_back(
        {.name = "table." + std::to_string(s), .tensor = tables_[s], .lr_scale = speed_, .weight_decay = false});
  return out;
}

void SoftmaxTable::to(c10::Device device) {
  for (at::Tensor& table : tables_) table = table.detach().to(device).requires_grad_();
}

}  // namespace autodidact::softmax_table
