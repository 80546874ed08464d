// For tests of tokenizers: parameters by their defaults with some set by name, series, snapshots.
#pragma once

#include <ATen/ATen.h>

#include <map>
#include <memory>
#include <sstream>
#include <string>

#include "autodidact/plugin/plugin.hpp"
#include "common/transformer/test_host.hpp"

extern "C" const autodidact::Descriptor autodidact_plugin;

namespace autodidact::autoencoder::testing_support {

using autodidact::testing_support::TestHost;

inline double largest(const at::Tensor& t) { return t.abs().max().item<double>(); }

template <class T>
std::vector<T> parse_list(std::string text) {  // "[8, 32]"
  for (char& c : text)
    if (c == '[' || c == ']' || c == ',') c = ' ';
  std::istringstream in(text);
  std::vector<T> values;
  for (T value; in >> value;) values.push_back(value);
  return values;
}

inline ParamValue parse(const ParamSpec& spec, const std::string& text) {
  switch (spec.type) {
    case ParamType::boolean:
      return text == "true";
    case ParamType::integer:
      return static_cast<std::int64_t>(std::stoll(text));
    case ParamType::real:
      return std::stod(text);
    case ParamType::integers:
      return parse_list<std::int64_t>(text);
    case ParamType::reals:
      return parse_list<double>(text);
    default:  // quoted
      return text.substr(1, text.size() - 2);
  }
}

using Settings = std::map<std::string, std::string>;

inline Params params(const Settings& set = {}) {
  std::map<std::string, ParamValue> values;
  for (std::size_t i = 0; i < autodidact_plugin.param_count; ++i) {
    const ParamSpec& spec = autodidact_plugin.params[i];
    const auto found = set.find(spec.name);
    values[spec.name] = parse(spec, found == set.end() ? spec.default_value : found->second);
  }
  return Params(values);
}

template <class Model>
std::unique_ptr<Model> make_model(HostServices& host, std::int64_t length, std::int64_t channels, const Settings& set,
                                  std::uint64_t seed) {
  at::manual_seed(seed);
  Context context;
  context.channels = channels;
  context.length = length;
  context.n_train = 100;
  context.host = &host;
  return std::make_unique<Model>(params(set), context);
}

// Random walks, standardised: (B, C, L).
inline at::Tensor series(std::int64_t batch, std::int64_t channels, std::int64_t length, std::uint64_t seed = 11) {
  const at::Tensor walk =
      at::randn({batch, channels, length}, at::make_generator<at::CPUGeneratorImpl>(seed)).cumsum(2);
  return (walk - walk.mean()) / walk.std();
}

using Snapshot = std::map<std::string, at::Tensor>;

inline Snapshot snapshot(Tokenizer& model, bool with_parameters) {
  Snapshot out;
  for (const Buffer& buffer : model.buffers()) out[buffer.name] = buffer.tensor.detach().clone();
  if (with_parameters)
    for (const Parameter& parameter : model.parameters()) out[parameter.name] = parameter.tensor.detach().clone();
  return out;
}

inline bool equal(const Snapshot& a, const Snapshot& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [name, tensor] : a)
    if (!at::equal(tensor, b.at(name))) return false;
  return true;
}

inline void restore(Tokenizer& model, const Snapshot& state) {
  const at::NoGradGuard no_grad;
  for (const Parameter& p : model.parameters()) at::Tensor(p.tensor).copy_(state.at(p.name));
  for (const Buffer& b : model.buffers()) at::Tensor(b.tensor).copy_(state.at(b.name));
}

inline at::Tensor scalar_of(const Scalars& scalars, const std::string& name) {
  for (const auto& [key, value] : scalars)
    if (key == name) return value;
  return {};
}

// One step of plain descent with clipped gradients.
inline void descend(Tokenizer& model, double rate) {
  const at::NoGradGuard no_grad;
  for (const Parameter& parameter : model.parameters()) {
    at::Tensor tensor = parameter.tensor;
    if (!tensor.grad().defined()) continue;
    tensor.sub_(tensor.grad().clamp(-1, 1), rate);
    tensor.mutable_grad().reset();
  }
}

}  // namespace autodidact::autoencoder::testing_support
