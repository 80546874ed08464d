// The workbench of the conformance suite: objects with their services, snapshots of state, a small optimiser, test
// data.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "autodidact/plugin/plugin.hpp"
#include "config/run.hpp"
#include "host/conformance.hpp"
#include "host/services.hpp"

namespace autodidact {

struct Outcome {
  bool passed = true;
  std::string found;
};
inline Outcome pass(std::string found = "") { return {true, std::move(found)}; }
inline Outcome fail(std::string found) { return {false, std::move(found)}; }

// Collects checks; an exception inside a body is a failure with its text.
class Suite {
 public:
  // Whether it passed.
  bool check(std::string name, std::string expected, const std::function<Outcome()>& body);
  // As check; but where the plugin says itself that it does not take the case (PluginRefusal), the check is skipped.
  void check_if_taken(std::string name, std::string expected, const std::function<Outcome()>& body);
  // The first check of every kind; if it fails there is nothing to use, which is said once.
  bool check_created(const std::function<void()>& create);
  void skip(std::string name, std::string why);
  std::vector<Check> take() { return std::move(checks_); }

 private:
  std::vector<Check> checks_;
};

// An object with the services it was made with; destroyed in the right order.
template <class T>
struct Subject {
  std::unique_ptr<Services> services;
  std::unique_ptr<T> object;
  T* operator->() const { return object.get(); }
};
// Of one root seed always; the default generator is set for `init` number `init`, so that objects can start apart and
// train on equal numbers.
std::unique_ptr<Services> bench_services(const std::string& component, std::uint64_t init);

StepInfo bench_step(std::int64_t step);

using State = std::vector<std::pair<std::string, at::Tensor>>;  // copies
State snapshot(const std::vector<Parameter>& parameters, const std::vector<Buffer>& buffers);
// "" or the first entry that differs in name, shape, type or bits.
std::string state_difference(const State& before, const State& after);
// Writes a snapshot into an object through plain buffers, as a record would hold it. Throws if names or shapes differ.
void restore(const State& state, const std::vector<Parameter>& parameters, const std::vector<Buffer>& buffers);

// Adam with decoupled weight decay; moments live as long as the optimiser.
class BenchOptimizer {
 public:
  explicit BenchOptimizer(double lr) : lr_(lr) {}
  // Gradients are used and cleared.
  void step(const std::vector<Parameter>& parameters);

 private:
  struct Moments {
    at::Tensor first, second, steps;
  };
  double lr_;
  std::vector<Moments> moments_;
};

void clear_gradients(const std::vector<Parameter>& parameters);
// "" or what is wrong with the gradients: not finite, or none at all.
std::string gradient_fault(const std::vector<Parameter>& parameters);
// "" or how far total is from the sum of the terms.
std::string sum_fault(const at::Tensor& total, const Scalars& terms);

// (n, C, L) float32, sine waves of a few frequencies and phases with noise, standardised. Same for the same arguments.
at::Tensor bench_series(std::int64_t n, std::int64_t channels, std::int64_t length);
at::Tensor bench_normal(std::vector<std::int64_t> shape, std::int64_t which);   // fixed N(0, 1) numbers
at::Tensor bench_uniform(std::vector<std::int64_t> shape, std::int64_t which);  // fixed U(0, 1) numbers

at::Tensor default_generator_state();
std::uint64_t default_generator_seed();

bool throws(const std::function<void()>& body);  // a std::exception
std::string shape_text(std::int64_t channels, std::int64_t length);

// The parts of the suite.
struct Candidate {
  const PluginInfo& info;
  Params train, sample;
};
void check_tokenizer(const Candidate& candidate, Suite& suite);
void check_objective(const Candidate& candidate, Suite& suite);
void check_prior(const Candidate& candidate, Suite& suite);

}  // namespace autodidact
