#include "decoding.hpp"

#include <ATen/ATen.h>

#include <limits>
#include <stdexcept>

#include "masking.hpp"

namespace autodidact::maskgit {
namespace {

// Which numbers of HostServices::uniform are used for what.
constexpr std::int64_t kTokenDraw = 0, kGumbelDraw = 1;

// Numbers of this step at the masked positions, (n, m).
at::Tensor numbers(HostServices& host, std::int64_t first_index, const DecodingOptions& o, std::int64_t step,
                   std::int64_t draw, const at::Tensor& positions) {
  return host.uniform(first_index, positions.size(0), o.stream, step, draw, o.tokens).gather(1, positions);
}

}  // namespace

at::Tensor decode(std::int64_t n, std::int64_t first_index, const DecodingOptions& o, HostServices& host,
                  const DrawAt& draw, const Observe& observe) {
  at::Tensor ids = at::full({n, o.tokens}, o.mask_id, at::TensorOptions().dtype(at::kLong));
  at::Tensor positions = at::arange(o.tokens).unsqueeze(0).expand({n, o.tokens}).contiguous();  // (n, m), masked
  for (std::int64_t step = 0; step < o.steps && positions.size(1) > 0; ++step) {
    if (host.stop_requested()) throw std::runtime_error("sampling was stopped on request");
    const std::int64_t m = positions.size(1), next = masked_after_step(o.schedule, o.tokens, o.steps, step);
    // A step that would mask again all it has drawn changes nothing.
    if (next < m) {
      const auto [code, probability] =
          draw(ids, positions, numbers(host, first_index, o, step, kTokenDraw, positions).reshape({n * m}));
      ids.scatter_(1, positions, code.view({n, m}));
      at::Tensor score = at::log(probability.view({n, m}) + 1e-5);
      const double noise = o.choice_temperature * (1.0 - static_cast<double>(step + 1) / static_cast<double>(o.steps));
      if (noise > 0.0 && next > 0) {
        const at::Tensor u = numbers(host, first_index, o, step, kGumbelDraw, positions);
        score = score - noise * at::log(-at::log(u));
      }
      positions = positions.gather(1, lowest(score, next));
      ids.scatter_(1, positions, o.mask_id);
    }
    if (observe) observe(step, ids, positions);
  }
  return ids;
}

}  // namespace autodidact::maskgit
