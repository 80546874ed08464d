#include "host/conformance_bench.hpp"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <cmath>
#include <map>
#include <stdexcept>

#include "host/convert.hpp"
#include "host/open.hpp"
#include "host/random.hpp"

namespace autodidact {

bool Suite::check(std::string name, std::string expected, const std::function<Outcome()>& body) {
  Check check{std::move(name), false, false, "", std::move(expected)};
  try {
    Outcome outcome = body();
    check.passed = outcome.passed;
    check.found = std::move(outcome.found);
  } catch (const std::exception& e) {
    check.found = e.what();
  }
  checks_.push_back(std::move(check));
  return checks_.back().passed;
}

void Suite::check_if_taken(std::string name, std::string expected, const std::function<Outcome()>& body) {
  std::string refusal;
  check(name, std::move(expected), [&] {
    try {
      return body();
    } catch (const PluginRefusal& e) {
      refusal = e.what();
      return fail(refusal);
    }
  });
  if (refusal.empty()) return;
  checks_.pop_back();
  skip(std::move(name), "the plugin does not take it: " + refusal);
}

bool Suite::check_created(const std::function<void()>& create) {
  const bool created = check("create", "an object, with parameters and buffers of fixed names and shapes", [&] {
    create();
    return pass();
  });
  if (!created) skip("everything else", "no object could be created");
  return created;
}

void Suite::skip(std::string name, std::string why) {
  checks_.push_back({std::move(name), false, true, std::move(why), ""});
}

std::unique_ptr<Services> bench_services(const std::string& component, std::uint64_t init) {
  auto services = std::make_unique<Services>(1, "conformance", component, Precision::fp32, nullptr);
  seed_default_generator({init, "conformance", component, "init"});
  return services;
}

StepInfo bench_step(std::int64_t step) {
  return {.epoch = step / 8, .step = step, .step_in_epoch = step % 8, .total_steps = 64, .total_epochs = 8, .call = 0};
}

State snapshot(const std::vector<Parameter>& parameters, const std::vector<Buffer>& buffers) {
  State state;
  for (const Parameter& p : parameters) state.emplace_back("parameter '" + p.name + "'", p.tensor.detach().clone());
  for (const Buffer& b : buffers) state.emplace_back("buffer '" + b.name + "'", b.tensor.detach().clone());
  return state;
}

namespace {

bool same_bits(const at::Tensor& a, const at::Tensor& b) {
  const Array x = to_array(a), y = to_array(b);
  return x.type == y.type && x.shape == y.shape && x.data == y.data;
}

}  // namespace

std::string state_difference(const State& before, const State& after) {
  if (before.size() != after.size())
    return std::to_string(before.size()) + " entries, then " + std::to_string(after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i].first != after[i].first) return before[i].first + ", then " + after[i].first + " in its place";
    if (!same_bits(before[i].second, after[i].second)) return before[i].first + " differs";
  }
  return "";
}

void restore(const State& state, const std::vector<Parameter>& parameters, const std::vector<Buffer>& buffers) {
  const at::NoGradGuard no_grad;
  State target;  // the object's own tensors
  for (const Parameter& p : parameters) target.emplace_back("parameter '" + p.name + "'", p.tensor);
  for (const Buffer& b : buffers) target.emplace_back("buffer '" + b.name + "'", b.tensor);
  if (target.size() != state.size())
    throw std::runtime_error("a second object has another number of parameters and buffers");
  for (std::size_t i = 0; i < state.size(); ++i) {
    const at::Tensor saved = to_tensor(to_array(state[i].second));
    at::Tensor& place = target[i].second;
    if (target[i].first != state[i].first || place.sizes() != saved.sizes() ||
        place.scalar_type() != saved.scalar_type())
      throw std::runtime_error(state[i].first + ": a second object has another name, shape or type there");
    place.copy_(saved);
  }
}

void BenchOptimizer::step(const std::vector<Parameter>& parameters) {
  const at::NoGradGuard no_grad;
  moments_.resize(parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    at::Tensor p = parameters[i].tensor;
    if (!p.grad().defined()) continue;
    Moments& m = moments_[i];
    if (!m.first.defined()) m = {at::zeros_like(p), at::zeros_like(p), at::zeros({}, at::kFloat)};
    m.steps += 1;
    at::_fused_adamw_({p}, {p.grad()}, {m.first}, {m.second}, {}, {m.steps}, lr_ * parameters[i].lr_scale, 0.9, 0.999,
                      parameters[i].weight_decay ? 1e-3 : 0.0, 1e-8, false, false);
  }
  clear_gradients(parameters);
}

void clear_gradients(const std::vector<Parameter>& parameters) {
  for (const Parameter& p : parameters) at::Tensor(p.tensor).mutable_grad().reset();
}

std::string gradient_fault(const std::vector<Parameter>& parameters) {
  std::size_t reached = 0;
  for (const Parameter& p : parameters) {
    const at::Tensor& gradient = p.tensor.grad();
    if (!gradient.defined()) continue;
    if (!at::isfinite(gradient).all().item<bool>()) return "the gradient of parameter '" + p.name + "' is not finite";
    if (gradient.ne(0).any().item<bool>()) ++reached;
  }
  return reached == 0 && !parameters.empty() ? "no parameter gets a gradient" : "";
}

std::string sum_fault(const at::Tensor& total, const Scalars& terms) {
  double sum = 0, scale = 1e-6;
  for (const auto& [name, term] : terms) {
    sum += term.item<double>();
    scale += std::abs(term.item<double>());
  }
  const double given = total.item<double>();
  if (std::abs(given - sum) <= 1e-4 * scale) return "";
  return "total " + std::to_string(given) + ", sum of its terms " + std::to_string(sum);
}

namespace {

at::Generator data_generator(std::int64_t which) {
  return generator_for({7, "conformance", "data", "evaluate", which});
}

}  // namespace

at::Tensor bench_normal(std::vector<std::int64_t> shape, std::int64_t which) {
  return at::randn(shape, data_generator(which), at::TensorOptions(at::kFloat));
}

at::Tensor bench_uniform(std::vector<std::int64_t> shape, std::int64_t which) {
  return at::rand(shape, data_generator(which), at::TensorOptions(at::kFloat));
}

at::Tensor bench_series(std::int64_t n, std::int64_t channels, std::int64_t length) {
  const at::Tensor time = at::arange(length, at::kFloat).div(static_cast<double>(length)).view({1, 1, length});
  const at::Tensor turns = 1 + at::arange(n, at::kFloat).remainder(3).view({n, 1, 1});  // 1, 2 or 3 periods
  const at::Tensor phase = bench_uniform({n, channels, 1}, 1) * 0.5;
  const at::Tensor x = (2 * M_PI * (turns * time + phase)).sin() * std::sqrt(2.0);
  return x + 0.1 * bench_normal({n, channels, length}, 2);
}

at::Tensor default_generator_state() { return at::globalContext().defaultGenerator(at::kCPU).get_state(); }
std::uint64_t default_generator_seed() { return at::globalContext().defaultGenerator(at::kCPU).current_seed(); }

bool throws(const std::function<void()>& body) {
  try {
    body();
  } catch (const std::exception&) {
    return true;
  }
  return false;
}

std::string shape_text(std::int64_t channels, std::int64_t length) {
  return "(C = " + std::to_string(channels) + ", L = " + std::to_string(length) + ")";
}

}  // namespace autodidact
