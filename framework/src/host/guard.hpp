// The guard's tools: one place that turns whatever a plugin throws into text, and the checks on what crosses.
//
// In a training step only shapes, types and the scalar total are looked at; frozen outputs are looked at in full.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>

#include "autodidact/plugin/plugin.hpp"

namespace autodidact {

// Who is called; named in every error. `call` is the function that runs.
struct Guard {
  std::string who;  // "tokenizer/vqvae"
  c10::Device device = c10::Device(c10::kCPU);

  // Runs f; whatever it throws leaves as PluginError with text only, while the library is surely loaded.
  template <class F>
  auto run(const char* call, F&& f) const {
    try {
      return f();
    } catch (...) {
      rethrow(call);
    }
  }
  [[noreturn]] void rethrow(const char* call) const;

  // PluginError "who: call: what: found ..., expected ...".
  [[noreturn]] void fail(const char* call, const std::string& what, const std::string& found,
                         const std::string& expected) const;
  // A mistake of the caller, before the plugin sees it: std::invalid_argument with the same words.
  [[noreturn]] void reject(const char* call, const std::string& what, const std::string& found,
                           const std::string& expected) const;
};

using Sizes = std::initializer_list<std::int64_t>;  // -1: any size
inline constexpr std::int64_t any = -1;

bool has_form(const at::Tensor& t, at::ScalarType type, Sizes sizes, c10::Device device);
std::string form_of(const at::Tensor& t);  // "float32 (4, 1, 128)"
std::string form_text(at::ScalarType type, Sizes sizes);
bool all_finite(const at::Tensor& t);  // float32, one pass over the bits

// What a plugin returned, `index` naming a stream where there is one.
void check_returned(const Guard& guard, const char* call, const char* what, const at::Tensor& t, at::ScalarType type,
                    Sizes sizes, std::int64_t index = -1);
void check_finite(const Guard& guard, const char* call, const char* what, const at::Tensor& t, std::int64_t index = -1);
// What the host hands over.
void check_given(const Guard& guard, const char* call, const char* what, const at::Tensor& t, at::ScalarType type,
                 Sizes sizes);

// total, terms and logs of a loss. A total that is not finite throws Diverged. Logs are detached.
void check_loss(const Guard& guard, const char* call, const at::Tensor& total, const Scalars& terms, Scalars& logs);

std::int64_t token_count(const Layout& layout);  // N
// (B, N) int64, each stream's tokens in [0, K): "" or the fault, as found.
std::string token_fault(const at::Tensor& tokens, const Layout& layout);
// "" or what is wrong with a layout: sizes, names, streams that overlap or leave gaps in [0, N).
std::string layout_fault(const Layout& layout);
bool same_layout(const Layout& a, const Layout& b);

// Names, types, devices, leaves: once, when an object has been made.
void check_state(const Guard& guard, const std::vector<Parameter>& parameters, const std::vector<Buffer>& buffers);

// Detached and in memory of its own: what the host may keep.
at::Tensor kept(const at::Tensor& t);

// Guarded objects. `capabilities` as in the descriptor.
std::unique_ptr<Tokenizer> guard_tokenizer(std::unique_ptr<Tokenizer> inner, Guard guard, const Context& context,
                                           const std::vector<std::string>& capabilities);
std::unique_ptr<Objective> guard_objective(std::unique_ptr<Objective> inner, Guard guard, const Context& context);
std::unique_ptr<Prior> guard_prior(std::unique_ptr<Prior> inner, Guard guard, const Context& context,
                                   const std::vector<std::string>& capabilities);

}  // namespace autodidact
