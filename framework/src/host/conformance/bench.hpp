// The workbench of the conformance suite: objects of any kind with their services, snapshots of state, a small
// optimiser, test data.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "autodidact/plugin/plugin.hpp"
#include "config/run.hpp"
#include "host/services.hpp"

namespace autodidact {

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

// What is judged: a plugin with the values of its parameters.
struct Candidate {
  PluginInfo info;
  Params train, sample;
  bool own_values = false;  // some are the plugin's own for checks, and no defaults
  Params defaults;          // of phase train, without those; empty where something is required
};

// How an object is made.
struct Making {
  std::uint64_t init = 1;  // which start: objects can start apart and train on equal numbers
  Precision precision = Precision::fp32;
  const Params* params = nullptr;  // none: the candidate's
};
// Of one root seed always; the default generator is set for `init`.
std::unique_ptr<Services> bench_services(const std::string& component, const Making& making);

StepInfo bench_step(std::int64_t step);

// One living object of any kind.
class Subject {
 public:
  explicit Subject(std::unique_ptr<Services> given_services) : services(std::move(given_services)) {}
  virtual ~Subject() = default;

  virtual std::vector<Parameter> parameters() = 0;
  virtual std::vector<Buffer> buffers() = 0;
  virtual void train(bool on) = 0;
  virtual void to(c10::Device device) = 0;

  // The calls of one training step on fixed data, in the mode that is set; `use` is given what each adds to the total,
  // with a graph if the plugin has gradients.
  using Use = std::function<void(const at::Tensor& part)>;
  virtual void calls(std::int64_t step, const Use& use) = 0;
  virtual void after_step(std::int64_t) {}
  // What calls without gradient give on fixed data. Leaves the object in eval mode.
  virtual State answers() = 0;
  // Every tensor that the calls above hand over.
  virtual std::vector<at::Tensor> given() = 0;

  State state() { return snapshot(parameters(), buffers()); }
  at::Tensor loss(std::int64_t step);  // the total
  // A step of training; without an optimiser gradients are left where they are. The total.
  double step(std::int64_t number, BenchOptimizer* optimizer = nullptr);
  // Whether LibTorch's default generator was seeded by another than the host between calls.
  bool reseeded() const;

 protected:
  // Where the next call stands.
  void at(const StepInfo& info);

  std::unique_ptr<Services> services;  // outlives the object, which belongs to a class derived from this

 private:
  std::uint64_t seed_ = 0;
  bool placed_ = false, reseeded_ = false;
};

// An object behind its guard, as the protocol uses it.
template <class T>
class Guarded : public Subject {
 public:
  Guarded(std::unique_ptr<Services> given_services, std::unique_ptr<T> made)
      : Subject(std::move(given_services)), object(std::move(made)) {}
  std::vector<Parameter> parameters() override { return object->parameters(); }
  std::vector<Buffer> buffers() override { return object->buffers(); }
  void train(bool on) override { object->train(on); }
  void to(c10::Device device) override { object->to(device); }
  T* operator->() const { return object.get(); }
  // The services, set for the call.
  Services& at_call(const StepInfo& info) {
    at(info);
    return *services;
  }

 protected:
  std::unique_ptr<T> object;
};

// Makes objects of one kind for the checks that all kinds share.
class Workshop {
 public:
  explicit Workshop(const Candidate& candidate) : candidate_(candidate) {}
  virtual ~Workshop() = default;
  virtual std::unique_ptr<Subject> make(const Making& making = {}) const = 0;
  // An object after a few steps, in training mode.
  std::unique_ptr<Subject> trained(const Making& making = {}) const;
  // An object in eval mode with the state of a trained one, which is made once.
  std::unique_ptr<Subject> settled() const;
  const Candidate& candidate() const { return candidate_; }
  bool can(const std::string& capability) const { return candidate_.info.can(capability); }
  bool gradient() const { return can("gradient"); }

 private:
  const Candidate& candidate_;
  mutable State settled_;
};

// Steps after which an object counts as trained.
inline constexpr std::int64_t kBenchSteps = 2;

// (n, C, L) float32, sine waves of a few frequencies and phases with noise, standardised. Same for the same arguments.
at::Tensor bench_series(std::int64_t n, std::int64_t channels, std::int64_t length);
at::Tensor bench_normal(std::vector<std::int64_t> shape, std::int64_t which);   // fixed N(0, 1) numbers
at::Tensor bench_uniform(std::vector<std::int64_t> shape, std::int64_t which);  // fixed U(0, 1) numbers
at::Tensor strided(const at::Tensor& t);  // equal, but laid out with its axes in reverse

at::Tensor default_generator_state();
std::uint64_t default_generator_seed();

// "" or how far total is from the sum of the terms.
std::string sum_fault(const at::Tensor& total, const Scalars& terms);
// "" or a name of a term or log that is empty or given twice.
std::string names_fault(const Scalars& terms, const Scalars& logs);
bool has_gradient(const at::Tensor& t);  // one that is not all zero
// Largest difference in units of the largest value.
double relative_gap(const at::Tensor& a, const at::Tensor& b);
bool throws(const std::function<void()>& body);  // a std::exception
std::string number_text(double value);
std::string counted(std::size_t n, const std::string& noun);  // "1 log", "3 logs"

}  // namespace autodidact
