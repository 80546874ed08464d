#include "common/ssl/variance_covariance.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

namespace autodidact::ssl {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

// One view, with all that its gradient needs beside the Gram matrix.
struct Side {
  at::Tensor x;         // (B, F) centred; for correlations divided by `norm`
  at::Tensor norm;      // (F) divisor of the columns; undefined for covariances
  at::Tensor clamped;   // (F) bool, columns whose divisor is the floor, a constant; undefined for covariances
  at::Tensor diagonal;  // (F) of X^T X
  at::Tensor root;      // (F) sqrt(var + eps)
  at::Tensor gram;      // (B, B) X X^T
};

Side side_of(const at::Tensor& z, Decorrelation which) {
  Side s;
  s.x = z - z.mean(0, /*keepdim=*/true);
  const at::Tensor squares = s.x.square().sum(0);
  s.root = (squares / static_cast<double>(z.size(0) - 1) + kVarianceEps).sqrt_();
  s.diagonal = squares;
  if (which == Decorrelation::correlation) {
    s.norm = squares.sqrt();
    s.clamped = s.norm <= kNormFloor;
    s.norm.clamp_min_(kNormFloor);
    s.x.div_(s.norm);
    s.diagonal = squares / s.norm.square();
  }
  s.gram = at::mm(s.x, s.x.t());
  return s;
}

double scale_of(const at::Tensor& z, Decorrelation which) {
  const double n = static_cast<double>(z.size(0)), F = static_cast<double>(z.size(1));
  return which == Decorrelation::covariance ? 1.0 / ((n - 1) * (n - 1) * F) : 1.0 / (F * F);
}

// d(variance term)/dz = -[root < 1] / (F (B - 1) root) z_c and d(decorrelation term)/dX = 4 scale (K X - X diagonal);
// the column norms of a correlation take from the latter what lies along X. All columns' factors are gathered first.
at::Tensor gradient(const Side& s, const at::Tensor& grad_variance, const at::Tensor& grad_decorrelation,
                    Decorrelation which) {
  const double n = static_cast<double>(s.x.size(0)), F = static_cast<double>(s.x.size(1));
  at::Tensor out = at::mm(s.gram, s.x);  // (B, F)
  const at::Tensor slope = grad_decorrelation * (4.0 * scale_of(s.x, which));
  at::Tensor along_x = -grad_variance * (s.root < 1.0).to(s.x.scalar_type()) / (s.root * (F * (n - 1)));  // of z_c
  if (which == Decorrelation::covariance) {
    along_x = along_x - slope * s.diagonal;
    return out.mul_(slope).addcmul_(s.x, along_x);
  }
  const at::Tensor per_norm = slope / s.norm;
  // x^T (K x - x d) of each column; zero where the divisor is a constant.
  const at::Tensor projection = ((out * s.x).sum(0) - s.diagonal.square()).masked_fill_(s.clamped, 0.0);
  along_x = along_x * s.norm - per_norm * (s.diagonal + projection);
  return out.mul_(per_norm).addcmul_(s.x, along_x);
}

struct GramTerms : torch::autograd::Function<GramTerms> {
  static tensor_list forward(AutogradContext* ctx, const at::Tensor& a, const at::Tensor& b, std::int64_t kind) {
    const auto which = static_cast<Decorrelation>(kind);
    const at::Tensor difference = a - b;
    at::Tensor variance, decorrelation;
    std::vector<at::Tensor> saved{difference};
    for (const at::Tensor& z : {a, b}) {
      const Side s = side_of(z, which);
      const at::Tensor v = (1.0 - s.root).clamp_min_(0).mean();
      const at::Tensor c = (s.gram.square().sum() - s.diagonal.square().sum()) * scale_of(z, which);
      variance = variance.defined() ? variance + v : v;
      decorrelation = decorrelation.defined() ? decorrelation + c : c;
      for (const at::Tensor& t : {s.x, s.norm, s.clamped, s.diagonal, s.root, s.gram}) saved.push_back(t);
    }
    ctx->save_for_backward(saved);
    ctx->saved_data["kind"] = kind;
    return {difference.square().mean(), variance, decorrelation};
  }

  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const auto which = static_cast<Decorrelation>(ctx->saved_data["kind"].toInt());
    const auto side = [&](std::size_t i) {
      return Side{saved[i], saved[i + 1], saved[i + 2], saved[i + 3], saved[i + 4], saved[i + 5]};
    };
    const at::Tensor apart = saved[0] * (grads[0] * (2.0 / static_cast<double>(saved[0].numel())));
    return {gradient(side(1), grads[1], grads[2], which).add_(apart),
            gradient(side(7), grads[1], grads[2], which).sub_(apart), at::Tensor()};
  }
};

}  // namespace

VarianceCovarianceTerms gram_terms(const at::Tensor& a, const at::Tensor& b, Decorrelation which) {
  const tensor_list terms = GramTerms::apply(a, b, static_cast<std::int64_t>(which));
  return {terms[0], terms[1], terms[2]};
}

}  // namespace autodidact::ssl
