// For tests of objectives: gradients against finite differences, host services.
#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <string>
#include <vector>

#include "autodidact/plugin/host.hpp"
#include "autodidact/plugin/objective.hpp"

namespace autodidact::ssl::testing_support {

class TestHost final : public HostServices {
 public:
  explicit TestHost(Precision precision = Precision::fp32) : precision_(precision) {}
  c10::Device device() const override { return at::kCPU; }
  Precision precision() const override { return precision_; }
  void log(LogLevel, const std::string&) override {}
  bool stop_requested() const override { return false; }
  at::Generator generator(Purpose) override { throw std::logic_error("objectives draw nothing"); }
  at::Tensor uniform(std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t) override {
    throw std::logic_error("objectives draw nothing");
  }

 private:
  Precision precision_;
};

inline at::Tensor leaf64(const at::Tensor& value) {
  return value.detach().to(at::kDouble).clone().set_requires_grad(true);
}

// |got - want| at its largest, relative to the largest |want|.
inline double relative_error(const at::Tensor& got, const at::Tensor& want) {
  return ((got - want).abs().max() / want.abs().max().clamp_min(1e-30)).item<double>();
}

// Largest error of the gradients that backward() leaves in `leaves` (float64) against central differences, relative to
// each leaf's largest entry.
inline double gradient_error(const std::function<at::Tensor()>& f, const std::vector<at::Tensor>& leaves,
                             double step = 1e-6) {
  for (const at::Tensor& leaf : leaves) leaf.mutable_grad().reset();
  f().backward();
  const at::NoGradGuard no_grad;
  double worst = 0;
  for (const at::Tensor& leaf : leaves) {
    const at::Tensor numeric = at::zeros_like(leaf);
    double* value = leaf.data_ptr<double>();
    for (std::int64_t i = 0; i < leaf.numel(); ++i) {
      const double kept = value[i];
      value[i] = kept + step;
      const double up = f().item<double>();
      value[i] = kept - step;
      const double down = f().item<double>();
      value[i] = kept;
      numeric.data_ptr<double>()[i] = (up - down) / (2 * step);
    }
    worst = std::max(worst, relative_error(leaf.grad(), numeric));
  }
  return worst;
}

// All state of an objective in float64, in place: its gradients can then be held to finite differences.
inline void widen(Objective& objective) {
  for (const Parameter& p : objective.parameters()) at::Tensor(p.tensor).set_data(p.tensor.to(at::kDouble));
  for (const Buffer& b : objective.buffers()) at::Tensor(b.tensor).set_data(b.tensor.to(at::kDouble));
}

// Parameters whose names begin with `prefix`.
inline std::vector<at::Tensor> leaves_of(Objective& objective, const std::string& prefix) {
  std::vector<at::Tensor> leaves;
  for (const Parameter& p : objective.parameters())
    if (p.name.rfind(prefix, 0) == 0) leaves.push_back(p.tensor);
  return leaves;
}

inline ObjectiveInput pair_of(const at::Tensor& a, const at::Tensor& b, std::int64_t step_in_epoch = 0) {
  ObjectiveInput input;
  input.a.pooled = a;
  input.b.pooled = b;
  input.info.step_in_epoch = step_in_epoch;
  return input;
}

}  // namespace autodidact::ssl::testing_support
