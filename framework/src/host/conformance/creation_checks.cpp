// What create gives: objects of their own, with state that the optimiser and checkpoints can hold.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <algorithm>
#include <set>

#include "host/conformance/parts.hpp"

namespace autodidact {

namespace {

// Where a tensor of the state lies.
struct Place {
  std::string owner;
  const char *first, *last;  // addresses of its first and behind its last byte
};

std::vector<Place> places_of(Subject& subject) {
  std::vector<Place> places;
  const auto add = [&](const std::string& owner, const at::Tensor& t) {
    if (t.numel() == 0) return;
    std::int64_t extent = 1;
    for (std::int64_t axis = 0; axis < t.dim(); ++axis) extent += (t.size(axis) - 1) * t.stride(axis);
    const char* first = static_cast<const char*>(t.const_data_ptr());
    places.push_back({owner, first, first + extent * static_cast<std::int64_t>(t.itemsize())});
  };
  for (const Parameter& p : subject.parameters()) add("parameter '" + p.name + "'", p.tensor);
  for (const Buffer& b : subject.buffers()) add("buffer '" + b.name + "'", b.tensor);
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.first < b.first; });
  return places;
}

std::string overlap_of(std::vector<Place> places) {
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.first < b.first; });
  for (std::size_t i = 1; i < places.size(); ++i)
    if (places[i].first < places[i - 1].last) return places[i - 1].owner + " and " + places[i].owner + " share memory";
  return "";
}

std::string size_text(Subject& subject) {
  std::int64_t numbers = 0;
  const auto parameters = subject.parameters();
  for (const Parameter& p : parameters) numbers += p.tensor.numel();
  return counted(parameters.size(), "parameter") + " of " + std::to_string(numbers) + " numbers, " +
         counted(subject.buffers().size(), "buffer");
}

Outcome twice(const Workshop& w) {
  const auto first = w.make(), second = w.make();
  const std::string difference = state_difference(first->state(), second->state());
  if (!difference.empty()) return fail("of one seed, " + difference);
  std::vector<Place> all = places_of(*first);
  for (Place& place : places_of(*second)) {
    place.owner += " of a second object";
    all.push_back(std::move(place));
  }
  return judged(overlap_of(std::move(all)));
}

// The default generator as create finds it.
void set_for_init(const Workshop& w, std::uint64_t init) {
  bench_services(kind_name(w.candidate().info.kind), {.init = init});
}

Outcome another_seed(const Workshop& w) {
  const auto first = w.make();
  set_for_init(w, 2);
  const at::Tensor start = default_generator_state();
  const auto second = w.make({.init = 2});
  const bool drew = !at::equal(start, default_generator_state());
  const std::string difference = state_difference(first->state(), second->state());
  if (!difference.empty()) return pass(difference);
  return drew ? fail("random numbers were drawn, and two seeds start alike") : skip("nothing random at the start");
}

// Letters, digits and . _ - in parts that / separates: names become paths inside a result file.
bool is_path(const std::string& name) {
  bool begun = false;  // a part with a sign other than dots
  for (const char c : name) {
    if (c == '/') {
      if (!begun) return false;
      begun = false;
      continue;
    }
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!letter && c != '.') return false;
    begun = begun || letter;
  }
  return begun;
}

Outcome names(Subject& subject) {
  std::vector<std::string> all;
  for (const Parameter& p : subject.parameters()) all.push_back(p.name);
  for (const Buffer& b : subject.buffers()) all.push_back(b.name);
  for (const std::string& name : all) {
    if (!is_path(name)) return fail("'" + name + "'");
    for (const std::string& other : all)
      if (other.size() > name.size() && other.compare(0, name.size() + 1, name + "/") == 0)
        return fail("'" + name + "' is also the folder of '" + other + "'");
  }
  return pass(all.empty() ? "none" : "'" + all.front() + "' and " + std::to_string(all.size() - 1) + " more");
}

// "" or the first tensor that is another than in `before`.
std::string moved(const std::vector<Place>& before, const std::vector<Place>& now, const std::string& when) {
  if (before.size() != now.size())
    return std::to_string(before.size()) + " tensors at first, " + std::to_string(now.size()) + " " + when;
  for (std::size_t i = 0; i < before.size(); ++i)
    if (before[i].owner != now[i].owner || before[i].first != now[i].first || before[i].last != now[i].last)
      return before[i].owner + " lies elsewhere or has another size " + when;
  return "";
}

Outcome same_tensors(const Workshop& w) {
  const auto subject = w.make();
  const std::vector<Place> before = places_of(*subject);
  subject->train(true);
  BenchOptimizer optimizer(1e-3);
  for (std::int64_t step = 0; step < 2; ++step) subject->step(step, &optimizer);
  std::string fault = moved(before, places_of(*subject), "after training");
  subject->answers();
  if (fault.empty()) fault = moved(before, places_of(*subject), "in eval mode");
  subject->train(true);
  if (fault.empty()) fault = moved(before, places_of(*subject), "back in training mode");
  return judged(fault, counted(before.size(), "tensor"));
}

Outcome seeds_nothing(const Workshop& w) {
  set_for_init(w, 1);
  const std::uint64_t seed = default_generator_seed();
  const auto subject = w.make();
  if (default_generator_seed() != seed) return fail("create seeded it");
  subject->train(true);
  BenchOptimizer optimizer(1e-3);
  for (std::int64_t step = 0; step < 2; ++step) subject->step(step, &optimizer);
  if (subject->reseeded()) return fail("a call of training seeded it");
  subject->answers();
  return subject->reseeded() ? fail("a frozen call seeded it") : pass();
}

Outcome moves_to_cpu(const Workshop& w) {
  const auto subject = w.settled();
  const State answers = subject->answers(), before = subject->state();
  subject->to(c10::Device(c10::kCPU));
  std::string difference = state_difference(before, subject->state());
  if (difference.empty()) difference = state_difference(answers, subject->answers());
  for (const Parameter& p : subject->parameters())
    if (difference.empty() && !(p.tensor.is_leaf() && p.tensor.requires_grad()))
      difference = "parameter '" + p.name + "' is no leaf that requires a gradient any more";
  return judged(difference);
}

}  // namespace

void add_creation_checks(Suite& suite, const Workshop& w) {
  suite.add_gate("create", "an object; parameters are float32 leaves with gradient, each tensor and name once",
                 "no object could be created", [&] { return pass(size_text(*w.make())); });
  suite.add("create twice", "objects of one seed: equal bit for bit, and nothing shared between them",
            [&] { return twice(w); });
  suite.add("another seed", "another start, where random numbers were drawn for it", [&] { return another_seed(w); });
  suite.add("seeds nothing", "LibTorch's default generator is drawn from, never seeded",
            [&] { return seeds_nothing(w); });
  suite.add("names of state", "letters, digits and . _ -, parts between /: they become paths in a file",
            [&] { return names(*w.make()); });
  suite.add("memory of state", "no two tensors of the state share memory",
            [&] { return judged(overlap_of(places_of(*w.make()))); });
  suite.add("same tensors", "the tensors of create to the end: the optimiser and checkpoints hold them",
            [&] { return same_tensors(w); });
  suite.add("to the CPU", "the same state and answers after to(cpu)", [&] { return moves_to_cpu(w); });
}

}  // namespace autodidact
