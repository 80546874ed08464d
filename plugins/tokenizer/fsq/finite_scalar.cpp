#include "finite_scalar.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

#include "autodidact/plugin/error.hpp"

namespace autodidact::fsq {
namespace {

constexpr double kEps = 1e-3;  // keeps the ends of the range from being reached only at infinity
constexpr std::int64_t kMost = 65536;

}  // namespace

FiniteScalar::FiniteScalar(const std::vector<std::int64_t>& levels) : levels_(levels) {
  std::vector<float> half, offset, shift, width;
  std::vector<std::int64_t> whole, basis;
  if (levels.empty()) throw ConfigError("levels is empty; expected at least one number of levels, such as [8, 4]");
  for (const std::int64_t L : levels) {
    if (L < 2) throw ConfigError("levels holds " + std::to_string(L) + "; expected at least 2 levels each");
    const double h = static_cast<double>(L - 1) * (1 - kEps) / 2, o = L % 2 == 0 ? 0.5 : 0.0;
    half.push_back(static_cast<float>(h));
    offset.push_back(static_cast<float>(o));
    shift.push_back(static_cast<float>(L == 2 ? 0.0 : std::atanh(o / h)));
    width.push_back(static_cast<float>(L / 2));
    whole.push_back(L / 2);
    basis.push_back(codes_);
    codes_ *= L;
    if (codes_ > kMost)
      throw ConfigError("levels make more than " + std::to_string(kMost) + " codes; lower them or give fewer");
  }
  half_ = at::tensor(half), offset_ = at::tensor(offset), shift_ = at::tensor(shift), width_ = at::tensor(width);
  whole_ = at::tensor(whole, at::kLong), levels_of_ = at::tensor(levels, at::kLong),
  basis_ = at::tensor(basis, at::kLong);
}

at::Tensor FiniteScalar::bounded(const at::Tensor& v) const { return (v + shift_).tanh() * half_ - offset_; }

at::Tensor FiniteScalar::open(const at::Tensor& v) const { return bounded(v) / width_; }

at::Tensor FiniteScalar::quantise(const at::Tensor& v) const {
  const at::Tensor b = bounded(v);
  // Rounded first and then divided, so that a code is the very number that code_of gives.
  const at::Tensor code = b.detach().round() / width_;
  if (!b.requires_grad()) return code;
  const at::Tensor open = b / width_;
  return code + (open - open.detach());
}

at::Tensor FiniteScalar::index_of(const at::Tensor& code) const {
  return (((code * width_).round().to(at::kLong) + whole_) * basis_).sum(1);
}

at::Tensor FiniteScalar::code_of(const at::Tensor& index) const {
  const at::Tensor digit = at::remainder(at::floor_divide(index.unsqueeze(1), basis_), levels_of_);  // (R, d)
  return (digit - whole_).to(width_.scalar_type()) / width_;
}

void FiniteScalar::to(c10::Device device) {
  for (at::Tensor* t : {&half_, &offset_, &shift_, &width_, &whole_, &levels_of_, &basis_}) *t = t->to(device);
}

}  // namespace autodidact::fsq
