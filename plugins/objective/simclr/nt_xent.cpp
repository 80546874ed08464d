#include "nt_xent.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <algorithm>
#include <limits>

#include "common/ssl/cosine.hpp"

namespace autodidact::simclr {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Value {
  at::Tensor loss;
  at::Tensor grad;  // (2B, F), of u; undefined unless asked for
};

// u: (2B, F), unit rows, both views. With P the softmax of s over each row without its own entry,
//   loss = 1/(2B) (sum_i log sum_{k != i} exp s_ik - 2 sum_i s_i,i+B),
//   d loss / du = 1/(2B temperature) ((P + P^T) u - 2 u_positive).
Value evaluate(const at::Tensor& u, double temperature, bool with_gradient) {
  const std::int64_t rows = u.size(0), batch = rows / 2;
  const double scale = 1.0 / static_cast<double>(rows);
  const at::Tensor swapped = at::cat({u.narrow(0, batch, batch), u.narrow(0, 0, batch)});  // u_positive
  at::Tensor sum = (u * swapped).sum().mul_(-1.0 / temperature);
  Value value;
  if (with_gradient) value.grad = swapped.mul_(-2.0);
  for (std::int64_t first = 0; first < rows; first += kRows) {
    const at::Tensor block = u.narrow(0, first, std::min(kRows, rows - first));
    at::Tensor p = at::mm(block, u.t()).div_(temperature);  // (rows of the block, 2B)
    p.diagonal(first).fill_(-kInfinity);
    const at::Tensor most = p.amax(1, /*keepdim=*/true);
    p.sub_(most).exp_();
    const at::Tensor mass = p.sum(1, /*keepdim=*/true);
    sum += (most + mass.log()).sum();
    if (!with_gradient) continue;
    p.div_(mass);
    value.grad.narrow(0, first, block.size(0)).addmm_(p, u);
    value.grad.addmm_(p.t(), block);
  }
  value.loss = sum.mul_(scale);
  if (with_gradient) value.grad.mul_(scale / temperature);
  return value;
}

struct NtXent : torch::autograd::Function<NtXent> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& u, double temperature) {
    const Value value = evaluate(u, temperature, /*with_gradient=*/true);
    ctx->save_for_backward({value.grad});
    return value.loss;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    return {ctx->get_saved_variables()[0] * grads[0], at::Tensor()};
  }
};

}  // namespace

at::Tensor nt_xent(const at::Tensor& a, const at::Tensor& b, double temperature) {
  const at::Tensor u = ssl::unit_rows(at::cat({a, b}));
  if (!at::GradMode::is_enabled() || !u.requires_grad()) return evaluate(u, temperature, false).loss;
  return NtXent::apply(u, temperature);
}

}  // namespace autodidact::simclr
