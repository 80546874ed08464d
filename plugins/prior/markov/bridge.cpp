#include "bridge.hpp"

#include <ATen/ATen.h>

namespace autodidact::markov {
namespace {

// One pass over the positions, forward (step 1) or backward (step -1). At each position it takes the messages of the
// hidden series `who` (n): from the neighbour's message times `matrix` where the neighbour is hidden, from the row of
// `matrix` of its token where it is visible, `edge` (K) at the end of the sequence. use(who, position, messages (n, K))
// gives the messages to hand on.
template <class Use>
void walk(const at::Tensor& edge, const at::Tensor& matrix, const at::Tensor& tokens, const at::Tensor& mask,
          std::int64_t step, const Use& use) {
  const std::int64_t B = tokens.size(0), N = tokens.size(1), K = matrix.size(0);
  at::Tensor messages = at::zeros({B, K}, matrix.options());
  for (std::int64_t i = step > 0 ? 0 : N - 1; i >= 0 && i < N; i += step) {
    const at::Tensor who = mask.select(1, i).nonzero().squeeze(1);  // (n)
    if (who.size(0) == 0) continue;
    const std::int64_t from = i - step;
    at::Tensor mine;
    if (from < 0 || from >= N) {
      mine = edge.expand({who.size(0), K});
    } else {
      mine = matrix.index_select(0, tokens.select(1, from).index_select(0, who));
      const at::Tensor unknown = mask.select(1, from).index_select(0, who).nonzero().squeeze(1);
      if (unknown.size(0) > 0)
        mine.index_copy_(0, unknown, at::mm(messages.index_select(0, who.index_select(0, unknown)), matrix));
    }
    messages.index_copy_(0, who, use(who, i, mine));
  }
}

}  // namespace

at::Tensor bridge(const at::Tensor& start, const at::Tensor& transition, const at::Tensor& tokens,
                  const at::Tensor& mask) {
  const std::int64_t N = tokens.size(1), K = start.size(0);
  const at::Tensor flat = mask.reshape({-1});
  const at::Tensor row = flat.cumsum(0) - 1;  // of each position among the hidden ones
  at::Tensor out = at::empty({flat.sum().item<std::int64_t>(), K}, start.options());
  const auto rows_of = [&](const at::Tensor& who, std::int64_t position) {
    return row.index_select(0, who * N + position);
  };
  // p(token | visible tokens before), which sums to 1.
  walk(start, transition, tokens, mask, 1, [&](const at::Tensor& who, std::int64_t i, const at::Tensor& mine) {
    out.index_copy_(0, rows_of(who, i), mine);
    return mine;
  });
  // Times p(visible tokens after | token), up to a factor that is taken out at every step.
  const at::Tensor backward = transition.t().contiguous();
  const at::Tensor nothing_after = at::ones({K}, start.options());
  walk(nothing_after, backward, tokens, mask, -1, [&](const at::Tensor& who, std::int64_t i, const at::Tensor& mine) {
    const at::Tensor scaled = mine / at::amax(mine, {1}, true).clamp_min(1e-300);
    const at::Tensor rows = rows_of(who, i), before = out.index_select(0, rows);
    const at::Tensor both = before * scaled, sum = both.sum(1, true);
    out.index_copy_(0, rows, at::where(sum > 0.0, both / sum.clamp_min(1e-300), before));
    return scaled;
  });
  return out;
}

}  // namespace autodidact::markov
