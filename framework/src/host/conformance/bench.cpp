#include "host/conformance/bench.hpp"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <cstdio>
#include <set>

#include "host/random.hpp"

namespace autodidact {

std::unique_ptr<Services> bench_services(const std::string& component, const Making& making) {
  auto services = std::make_unique<Services>(1, "conformance", component, making.precision, nullptr);
  seed_default_generator({making.init, "conformance", component, "init"});
  return services;
}

StepInfo bench_step(std::int64_t step) {
  return {.epoch = step / 8, .step = step, .step_in_epoch = step % 8, .total_steps = 64, .total_epochs = 8, .call = 0};
}

at::Tensor Subject::loss(std::int64_t step) {
  at::Tensor total;
  calls(step, [&](const at::Tensor& part) { total = total.defined() ? total + part : part; });
  return total;
}

double Subject::step(std::int64_t number, BenchOptimizer* optimizer) {
  const at::Tensor total = loss(number);
  if (total.requires_grad()) total.backward();
  if (optimizer) {
    optimizer->step(parameters());
    after_step(number);
  }
  return total.item<double>();
}

bool Subject::reseeded() const { return reseeded_ || (placed_ && default_generator_seed() != seed_); }

void Subject::at(const StepInfo& info) {
  reseeded_ = reseeded();
  services->at_call(info.epoch, info.step, info.call);
  seed_ = default_generator_seed();
  placed_ = true;
}

std::unique_ptr<Subject> Workshop::trained(const Making& making) const {
  std::unique_ptr<Subject> subject = make(making);
  subject->train(true);
  BenchOptimizer optimizer(1e-3);
  for (std::int64_t i = 0; i < kBenchSteps; ++i) subject->step(i, &optimizer);
  return subject;
}

std::unique_ptr<Subject> Workshop::settled() const {
  if (settled_.empty()) settled_ = trained()->state();
  std::unique_ptr<Subject> subject = make();
  restore(settled_, subject->parameters(), subject->buffers());
  subject->train(false);
  return subject;
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

at::Tensor strided(const at::Tensor& t) {
  std::vector<std::int64_t> reversed;
  for (std::int64_t axis = t.dim() - 1; axis >= 0; --axis) reversed.push_back(axis);
  return t.permute(reversed).contiguous().permute(reversed);
}

at::Tensor default_generator_state() { return at::globalContext().defaultGenerator(at::kCPU).get_state(); }
std::uint64_t default_generator_seed() { return at::globalContext().defaultGenerator(at::kCPU).current_seed(); }

std::string sum_fault(const at::Tensor& total, const Scalars& terms) {
  double sum = 0, scale = 1e-6;
  for (const auto& [name, term] : terms) {
    sum += term.item<double>();
    scale += std::abs(term.item<double>());
  }
  const double given = total.item<double>();
  if (std::abs(given - sum) <= 1e-4 * scale) return "";
  return "total " + number_text(given) + ", sum of its terms " + number_text(sum);
}

std::string names_fault(const Scalars& terms, const Scalars& logs) {
  for (const auto& [what, list] : {std::pair{"term", &terms}, {"log", &logs}}) {
    std::set<std::string> names;
    for (const auto& [name, value] : *list)
      if (name.empty() || !names.insert(name).second)
        return std::string("a ") + what + " named '" + name + "' " + (name.empty() ? "" : "twice");
  }
  return "";
}

bool has_gradient(const at::Tensor& t) { return t.grad().defined() && t.grad().ne(0).any().item<bool>(); }

double relative_gap(const at::Tensor& a, const at::Tensor& b) {
  if (a.numel() == 0) return 0;
  return (a - b).abs().max().item<double>() / (b.abs().max().item<double>() + 1e-6);
}

bool throws(const std::function<void()>& body) {
  try {
    body();
  } catch (const std::exception&) {
    return true;
  }
  return false;
}

std::string counted(std::size_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

}  // namespace autodidact
