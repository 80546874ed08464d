#include "selection.hpp"

#include <ATen/ATen.h>

namespace autodidact::autoregressive {

at::Tensor probabilities(const at::Tensor& logits, const Selection& selection) {
  const std::int64_t K = logits.size(1);
  const bool greedy = selection.temperature == 0.0;
  const std::int64_t top_k = greedy ? 1 : selection.top_k;
  const at::Tensor p =
      at::softmax(greedy || selection.temperature == 1.0 ? logits : logits / selection.temperature, -1);
  const bool few = top_k > 0 && top_k < K, nucleus = selection.top_p < 1.0;
  if (!few && !nucleus) return p;

  auto [sorted, order] = p.sort(/*stable=*/true, /*dim=*/1, /*descending=*/true);
  if (few) sorted.narrow(1, top_k, K - top_k).zero_();
  if (nucleus) {
    const at::Tensor before = sorted.cumsum(1) - sorted;  // of the codes that are more likely
    at::Tensor beyond = before >= selection.top_p * sorted.sum(1, true);
    beyond.select(1, 0).fill_(false);
    sorted.masked_fill_(beyond, 0.0);
  }
  sorted.div_(sorted.sum(1, true));
  return at::empty_like(p).scatter_(1, order, sorted);
}

}  // namespace autodidact::autoregressive
