// A VQVAE for tests: parameters by their defaults, with some set by name.
#pragma once

#include <ATen/ATen.h>

#include <map>
#include <memory>
#include <string>

#include "common/transformer/test_host.hpp"
#include "vqvae.hpp"

extern "C" const autodidact::Descriptor autodidact_plugin;

namespace autodidact::vqvae::testing_support {

inline ParamValue parse(const ParamSpec& spec, const std::string& text) {
  switch (spec.type) {
    case ParamType::boolean:
      return text == "true";
    case ParamType::integer:
      return static_cast<std::int64_t>(std::stoll(text));
    case ParamType::real:
      return std::stod(text);
    default:  // quoted
      return text.substr(1, text.size() - 2);
  }
}

inline Params params(const std::map<std::string, std::string>& set = {}) {
  std::map<std::string, ParamValue> values;
  for (std::size_t i = 0; i < autodidact_plugin.param_count; ++i) {
    const ParamSpec& spec = autodidact_plugin.params[i];
    const auto found = set.find(spec.name);
    values[spec.name] = parse(spec, found == set.end() ? spec.default_value : found->second);
  }
  return Params(values);
}

// Small and quick unless `set` says otherwise.
inline std::unique_ptr<VqVae> make(HostServices& host, std::int64_t length, std::int64_t channels = 1,
                                   std::map<std::string, std::string> set = {}, std::uint64_t seed = 1) {
  set.insert({{"hidden", "16"}, {"K", "8"}, {"encoder_blocks", "1"}, {"decoder_blocks", "1"}});
  at::manual_seed(seed);
  Context context;
  context.channels = channels;
  context.length = length;
  context.n_train = 100;
  context.host = &host;
  return std::make_unique<VqVae>(params(set), context);
}

// Random walks, standardised: (B, C, L).
inline at::Tensor series(std::int64_t batch, std::int64_t channels, std::int64_t length, std::uint64_t seed = 11) {
  const at::Tensor walk =
      at::randn({batch, channels, length}, at::make_generator<at::CPUGeneratorImpl>(seed)).cumsum(2);
  return (walk - walk.mean()) / walk.std();
}

inline std::map<std::string, at::Tensor> snapshot(VqVae& model, bool with_parameters) {
  std::map<std::string, at::Tensor> out;
  for (const Buffer& buffer : model.buffers()) out[buffer.name] = buffer.tensor.detach().clone();
  if (with_parameters)
    for (const Parameter& parameter : model.parameters()) out[parameter.name] = parameter.tensor.detach().clone();
  return out;
}

inline at::Tensor scalar_of(const Scalars& scalars, const std::string& name) {
  for (const auto& [key, value] : scalars)
    if (key == name) return value;
  return {};
}

}  // namespace autodidact::vqvae::testing_support
