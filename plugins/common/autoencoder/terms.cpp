#include "common/autoencoder/terms.hpp"

#include <ATen/ATen.h>

namespace autodidact::autoencoder {

void add_error(const std::string& name, const Term& term, const at::Tensor& a, const at::Tensor& b, View& view,
               double share) {
  if (term.weight == 0) return;
  add_weighted(name, term.weight * share, term.absolute ? at::l1_loss(a, b) : at::mse_loss(a, b), view);
}

void add_weighted(const std::string& name, double weight, const at::Tensor& value, View& view) {
  if (weight == 0) return;
  view.terms.emplace_back(name, weight == 1 ? value : value * weight);
}

void add_usage(const std::string& suffix, const vq::Usage& usage, View& view) {
  view.logs.emplace_back("perplexity" + suffix, usage.perplexity.to(at::kFloat));
  view.logs.emplace_back("codes_used" + suffix, usage.used.to(at::kFloat));
}

void add_up(View& view) {
  for (const auto& [name, value] : view.terms) view.total = view.total.defined() ? view.total + value : value;
}

}  // namespace autodidact::autoencoder
