#include "common/transformer/cosine_attention.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "common/transformer/cosine_attention_head.hpp"

namespace autodidact::transformer {
namespace {

constexpr std::int64_t kSeries = 8;  // of one task; partial gradients of what series share are kept per task

template <class T>
struct Job {
  const T *qkv, *front, *gain;           // (B, S, 3, H, D), (2, H, D), (2, D): of queries, keys
  T* out;                                // (B, S, H, D)
  T* shares;                             // (B, H, S, columns), null where none is kept
  const T* grad_out;                     // (B, S, H, D)
  T *grad_qkv, *grad_front, *grad_gain;  // the last two of one task, added to
  std::int64_t S, H, D;

  std::int64_t row() const { return 3 * H * D; }
  HeadInput<T> head(std::int64_t b, std::int64_t h) const {
    const T* q = qkv + b * S * row() + h * D;
    return {q, q + H * D, q + 2 * H * D, row(), front + h * D, front + (H + h) * D, gain, gain + D};
  }
};

template <class T>
AUTODIDACT_NN_INLINE void forward_series(const Job<T>& job, std::int64_t begin, std::int64_t end) {
  HeadScratch<T> at(job.S, job.D);
  for (std::int64_t b = begin; b < end; ++b)
    for (std::int64_t h = 0; h < job.H; ++h) {
      load_head(job.head(b, h), at);
      attend(at, job.shares ? job.shares + (b * job.H + h) * job.S * at.columns : at.shares);
      for (std::int64_t s = 0; s < job.S; ++s)
        std::copy_n(at.out + s * at.wide, job.D, job.out + ((b * job.S + s) * job.H + h) * job.D);
    }
}

template <class T>
AUTODIDACT_NN_INLINE void backward_series(const Job<T>& job, std::int64_t begin, std::int64_t end) {
  HeadScratch<T> at(job.S, job.D);
  const std::int64_t D = job.D, part = job.H * D;
  for (std::int64_t b = begin; b < end; ++b)
    for (std::int64_t h = 0; h < job.H; ++h) {
      const HeadInput<T> in = job.head(b, h);
      load_head(in, at);
      for (std::int64_t s = 0; s < job.S; ++s)
        std::copy_n(job.grad_out + ((b * job.S + s) * job.H + h) * D, D, at.out + s * at.wide);
      attend_backward(at, job.shares + (b * job.H + h) * job.S * at.columns);
      T* grad = job.grad_qkv + b * job.S * job.row() + h * D;
      for (std::int64_t j = 0; j < D; ++j) job.grad_front[part + h * D + j] += at.grad_kv[j];
      for (std::int64_t s = 0; s < job.S; ++s) {
        std::copy_n(at.grad_kv + (s + 1) * at.wide, D, grad + s * job.row() + 2 * part);
        normalise_backward(in.q + s * in.row, in.q_gain, at.inverse[s], at.grad_q + s * at.wide, D,
                           grad + s * job.row(), job.grad_gain);
      }
      keys_backward(at);
      for (std::int64_t j = 0; j < D; ++j) job.grad_front[h * D + j] += at.grad_kv[j];
      for (std::int64_t s = 0; s < job.S; ++s)
        normalise_backward(in.k + s * in.row, in.k_gain, at.inverse[job.S + s], at.grad_kv + (s + 1) * at.wide, D,
                           grad + s * job.row() + part, job.grad_gain + D);
    }
}

AUTODIDACT_NN_CLONES void run(const Job<float>& job, std::int64_t begin, std::int64_t end) {
  forward_series(job, begin, end);
}
AUTODIDACT_NN_CLONES void run_backward(const Job<float>& job, std::int64_t begin, std::int64_t end) {
  backward_series(job, begin, end);
}
void run(const Job<double>& job, std::int64_t begin, std::int64_t end) { forward_series(job, begin, end); }
void run_backward(const Job<double>& job, std::int64_t begin, std::int64_t end) { backward_series(job, begin, end); }

template <class Work>
void with_type(at::ScalarType type, const Work& work) {
  if (type == at::kFloat) return work.template operator()<float>();
  if (type == at::kDouble) return work.template operator()<double>();
  TORCH_CHECK(false, "cosine_attention: no form for ", type);
}

template <class T>
Job<T> job_on(const at::Tensor& qkv, const at::Tensor& front, const at::Tensor& gain) {
  Job<T> job{};
  job.qkv = qkv.data_ptr<T>();
  job.front = front.data_ptr<T>();
  job.gain = gain.data_ptr<T>();
  job.S = qkv.size(1);
  job.H = qkv.size(3);
  job.D = qkv.size(4);
  return job;
}

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

struct CosineAttention : torch::autograd::Function<CosineAttention> {
  // gain (2, D): of queries and keys
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& qkv, const at::Tensor& front,
                            const at::Tensor& gain, bool keep) {
    const std::int64_t B = qkv.size(0), S = qkv.size(1), H = qkv.size(3), D = qkv.size(4);
    const at::Tensor out = at::empty({B, S, H * D}, qkv.options());
    const at::Tensor shares =
        keep ? at::empty({B, H, S, whole_tiles(S + 1)}, qkv.options()) : at::Tensor();  // softmax of each head
    with_type(qkv.scalar_type(), [&]<class T>() {
      Job<T> job = job_on<T>(qkv, front, gain);
      job.out = out.data_ptr<T>();
      job.shares = keep ? shares.data_ptr<T>() : nullptr;
      at::parallel_for(0, B, kSeries, [&](std::int64_t begin, std::int64_t end) { run(job, begin, end); });
    });
    if (keep) ctx->save_for_backward({qkv, front, gain, shares});
    return out;
  }

  // Partial sums stand per task of kSeries series, so the result does not depend on the number of threads.
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &qkv = saved[0], &shares = saved[3], grad_out = grads[0].contiguous();
    const std::int64_t B = qkv.size(0), H = qkv.size(3), D = qkv.size(4), tasks = (B + kSeries - 1) / kSeries;
    const at::Tensor grad = at::empty_like(qkv);
    const at::Tensor front = at::zeros({tasks, 2, H, D}, qkv.options()), gain = at::zeros({tasks, 2, D}, qkv.options());
    with_type(qkv.scalar_type(), [&]<class T>() {
      const Job<T> all = job_on<T>(qkv, saved[1], saved[2]);
      at::parallel_for(0, tasks, 1, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t task = first; task < last; ++task) {
          Job<T> job = all;
          job.shares = shares.data_ptr<T>();
          job.grad_out = grad_out.data_ptr<T>();
          job.grad_qkv = grad.data_ptr<T>();
          job.grad_front = front.data_ptr<T>() + task * 2 * H * D;
          job.grad_gain = gain.data_ptr<T>() + task * 2 * D;
          run_backward(job, task * kSeries, std::min(B, (task + 1) * kSeries));
        }
      });
    });
    return {grad, front.sum(0), gain.sum(0), at::Tensor()};
  }
};

}  // namespace

at::Tensor cosine_attention(const at::Tensor& qkv, const at::Tensor& front, const at::Tensor& q_gain,
                            const at::Tensor& k_gain) {
  const at::Tensor gain = at::stack({q_gain, k_gain});
  // Inside the function gradients are off: whether they are wanted is seen here.
  const bool keep =
      at::GradMode::is_enabled() && (qkv.requires_grad() || front.requires_grad() || gain.requires_grad());
  return CosineAttention::apply(qkv.contiguous(), front.contiguous(), gain, keep);
}

}  // namespace autodidact::transformer
