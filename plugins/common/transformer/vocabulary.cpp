#include "common/transformer/vocabulary.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <vector>

#include "common/nn/clones.hpp"
#include "common/transformer/vocabulary_rows.hpp"

namespace autodidact::transformer {
namespace {

constexpr std::int64_t kRows = 64;  // of one task

AUTODIDACT_NN_CLONES void run(const DrawRows& f, float* logits, std::int64_t begin, std::int64_t end) {
  draw_rows(f, logits, begin, end);
}
AUTODIDACT_NN_CLONES void run(const EntropyRows<float>& f, std::int64_t begin, std::int64_t end) {
  entropy_rows(f, begin, end);
}
AUTODIDACT_NN_CLONES void run_backward(const EntropyRows<float>& f, float scale, float* grad, std::int64_t begin,
                                       std::int64_t end) {
  entropy_backward_rows(f, scale, grad, begin, end);
}
void run(const EntropyRows<double>& f, std::int64_t begin, std::int64_t end) { entropy_rows(f, begin, end); }
void run_backward(const EntropyRows<double>& f, double scale, double* grad, std::int64_t begin, std::int64_t end) {
  entropy_backward_rows(f, scale, grad, begin, end);
}

template <class Work>
void with_type(at::ScalarType type, const Work& work) {
  if (type == at::kFloat) return work.template operator()<float>();
  if (type == at::kDouble) return work.template operator()<double>();
  TORCH_CHECK(false, "cross_entropy: no form for ", type);
}

template <class T>
EntropyRows<T> rows_of(const at::Tensor& logits, const at::Tensor& target, const at::Tensor& log_sum,
                       double smoothing) {
  EntropyRows<T> f{};
  f.logits = logits.data_ptr<T>();
  f.target = target.data_ptr<std::int64_t>();
  f.log_sum = log_sum.data_ptr<T>();
  f.K = logits.size(1);
  f.smoothing = static_cast<T>(smoothing);
  return f;
}

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

struct CrossEntropyFunction : torch::autograd::Function<CrossEntropyFunction> {
  static tensor_list forward(AutogradContext* ctx, const at::Tensor& logits, const at::Tensor& target,
                             double smoothing) {
    const std::int64_t R = logits.size(0);
    const at::Tensor log_sum = at::empty({R}, logits.options()), loss = at::empty({R}, logits.options());
    const at::Tensor hit = at::empty({R}, logits.options().dtype(at::kBool));
    with_type(logits.scalar_type(), [&]<class T>() {
      EntropyRows<T> f = rows_of<T>(logits, target, log_sum, smoothing);
      f.loss = loss.data_ptr<T>();
      f.hit = hit.data_ptr<bool>();
      at::parallel_for(0, R, kRows, [&](std::int64_t begin, std::int64_t end) { run(f, begin, end); });
    });
    ctx->save_for_backward({logits, target, log_sum});
    ctx->saved_data["smoothing"] = smoothing;
    ctx->mark_non_differentiable({hit});
    return {loss.mean(), hit};
  }

  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor& logits = saved[0];
    const std::int64_t R = logits.size(0);
    const at::Tensor grad = at::empty_like(logits);
    const double scale = grads[0].item<double>() / static_cast<double>(R);
    with_type(logits.scalar_type(), [&]<class T>() {
      const EntropyRows<T> f = rows_of<T>(logits, saved[1], saved[2], ctx->saved_data["smoothing"].toDouble());
      at::parallel_for(0, R, kRows, [&](std::int64_t begin, std::int64_t end) {
        run_backward(f, static_cast<T>(scale), grad.data_ptr<T>(), begin, end);
      });
    });
    return {grad, at::Tensor(), at::Tensor()};
  }
};

}  // namespace

Draw draw_from_states(const at::Tensor& states, const at::Tensor& weight, const at::Tensor& bias,
                      const at::Tensor& uniform) {
  constexpr std::int64_t kBlock = 48;  // rows whose logits are in the cache at a time
  const std::int64_t R = states.size(0), H = weight.size(1), K = weight.size(0), columns = whole_tiles(K);
  // (tiles, H, 16), zeros beyond K: the order in which products of small matrices read it.
  const at::Tensor tiles = at::constant_pad_nd(weight.detach(), {0, 0, 0, columns - K})
                               .view({columns / kTile, kTile, H})
                               .transpose(1, 2)
                               .contiguous();
  const at::Tensor h = states.contiguous(), b = bias.contiguous(), u = uniform.contiguous();
  Draw out{at::empty({R}, h.options().dtype(at::kLong)), at::empty({R}, h.options())};
  const DrawRows f{.states = h.const_data_ptr<float>(),
                   .weight = tiles.const_data_ptr<float>(),
                   .bias = b.const_data_ptr<float>(),
                   .uniform = u.const_data_ptr<float>(),
                   .index = out.index.data_ptr<std::int64_t>(),
                   .probability = out.probability.data_ptr<float>(),
                   .H = H,
                   .K = K};
  const std::int64_t blocks = (R + kBlock - 1) / kBlock;
  at::parallel_for(0, blocks, 1, [&](std::int64_t first, std::int64_t last) {
    std::vector<float> logits(static_cast<std::size_t>(kBlock * columns));
    for (std::int64_t block = first; block < last; ++block)
      run(f, logits.data(), block * kBlock, std::min(R, (block + 1) * kBlock));
  });
  return out;
}

CrossEntropy cross_entropy(const at::Tensor& logits, const at::Tensor& target, double label_smoothing) {
  const tensor_list both = CrossEntropyFunction::apply(logits.contiguous(), target.contiguous(), label_smoothing);
  return {both[0], both[1]};
}

}  // namespace autodidact::transformer
