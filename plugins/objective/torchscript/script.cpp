#include "script.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>

#include <set>
#include <sstream>

#include "autodidact/plugin/error.hpp"

namespace autodidact::torchscript {
namespace {

using torch::jit::Module;

constexpr const char* kExport = "export one with torch.jit.script(loss).save(\"loss.pt\"), see the plugin's README";

bool holds(const std::string& bytes, const char* text) { return bytes.find(text) != std::string::npos; }

// What a file is that cannot be loaded, as far as its bytes tell; `reason` is LibTorch's.
std::string kind_of(const std::string& bytes, const std::string& reason) {
  const std::string size = std::to_string(bytes.size()) + " bytes: ";
  if (bytes.empty()) return "an empty file";
  if (bytes.rfind("PK", 0) != 0) return size + "no archive";
  if (holds(bytes, "models/model.json") || holds(bytes, "archive_format")) return size + "an archive of torch.export";
  if (!holds(bytes, "constants.pkl")) return size + "an archive without code, as torch.save writes";
  return size + "a damaged archive (" + reason + ")";
}

Module load(const std::string& bytes) {
  std::istringstream in(bytes);
  try {
    return torch::jit::load(in, c10::Device(c10::kCPU));
  } catch (const std::exception& e) {
    throw ConfigError("file: found " + kind_of(bytes, reason_of(e)) + ", expected TorchScript; " + kExport);
  }
}

bool is_tensor(const c10::TypePtr& type) { return type->isSubtypeOf(*c10::TensorType::get()); }

std::string text_of(const std::vector<c10::Argument>& arguments, std::size_t first) {
  std::string text;
  for (std::size_t i = first; i < arguments.size(); ++i)
    text += (i > first ? ", " : "") + arguments[i].name() + ": " + arguments[i].type()->annotation_str();
  return "(" + text + ")";
}

void check_interface(const Module& module) {
  const auto forward = module.find_method("forward");
  if (!forward)
    throw ConfigError(std::string("file: found a module without forward, expected forward(a, b); ") + kExport);
  const c10::FunctionSchema& schema = forward->function().getSchema();
  const auto& arguments = schema.arguments();  // the first is the module itself
  const auto& returns = schema.returns();
  const std::string found = "file: found forward" + text_of(arguments, 1) + " -> " +
                            (returns.size() == 1 ? returns[0].type()->annotation_str() : text_of(returns, 0));
  const std::string expected =
      ", expected forward(a: Tensor, b: Tensor) -> Tensor, from two embeddings (B, F) to a scalar";
  std::size_t needed = 0;
  for (std::size_t i = 1; i < arguments.size(); ++i) needed += !arguments[i].default_value().has_value();
  if (arguments.size() < 3 || needed > 2) throw ConfigError(found + expected + "; give it exactly two arguments");
  if (!is_tensor(arguments[1].type()) || !is_tensor(arguments[2].type()))
    throw ConfigError(found + expected + "; annotate the first two as Tensor");
  if (returns.size() != 1 || !is_tensor(returns[0].type())) throw ConfigError(found + expected + "; return one tensor");
}

}  // namespace

std::string reason_of(const std::exception& error) {
  const auto* torch_error = dynamic_cast<const c10::Error*>(&error);
  std::istringstream lines(torch_error ? torch_error->what_without_backtrace() : error.what());
  std::string text, line;
  while (std::getline(lines, line)) {
    const bool last_word = line.find("Error: ") != std::string::npos && line.find("Error: ") < line.find(' ');
    if (last_word) text.clear();  // what stands before is the traceback
    if (!line.empty()) text += (text.empty() ? "" : " ") + line;
  }
  constexpr std::size_t kMost = 400;
  return text.size() > kMost ? text.substr(0, kMost) + " ..." : text;
}

Script::Script(const std::string& bytes) : Script(load(bytes)) {}

Script::Script(Module module) : module_(std::move(module)) {
  check_interface(module_);
  list_state();
}

Script Script::copy() const {
  const at::NoGradGuard no_grad;  // or the copies would be part of a graph
  Module copied = module_.deepcopy();
  const auto theirs = copied.parameters();
  auto target = theirs.begin();
  for (const at::Tensor& parameter : module_.parameters()) {
    at::Tensor(*target).requires_grad_(parameter.requires_grad());
    ++target;
  }
  return Script(std::move(copied));
}

void Script::list_state() {
  std::set<const void*> seen;
  for (const auto& named : module_.named_modules())
    if (seen.insert(named.value._ivalue().get()).second) parts_.emplace_back(named.name, named.value);
  for (const auto& [path, part] : parts_) {
    const c10::ClassTypePtr type = part.type();
    for (std::size_t i = 0; i < type->numAttributes(); ++i) {
      const std::string& attribute = type->getAttributeName(i);
      if (!is_tensor(type->getAttribute(i)) || !part.attr(attribute).isTensor()) continue;
      const at::Tensor tensor = part.attr(attribute).toTensor();
      if (!tensor.defined()) continue;
      list({part, attribute, path.empty() ? attribute : path + "." + attribute, tensor}, type->is_parameter(i));
    }
  }
}

void Script::list(const Slot& slot, bool trained) {
  for (Slot& other : slots_) {  // one tensor under two names, of which the archive has made two
    if (!other.listed.is_alias_of(slot.listed) || other.listed.sizes() != slot.listed.sizes() ||
        other.listed.storage_offset() != slot.listed.storage_offset())
      continue;
    Module owner = slot.owner;
    owner.setattr(slot.attribute, other.listed);
    return;
  }
  const at::ScalarType type = slot.listed.scalar_type();
  const bool parameter = trained && slot.listed.requires_grad();
  const std::string what = std::string(parameter ? "parameter '" : "buffer '") + slot.name + "'";
  if (type != at::kFloat && (parameter || (type != at::kLong && type != at::kBool)))
    throw ConfigError("file: found " + what + " of " + c10::toString(type) + ", expected float32" +
                      (parameter ? "" : ", int64 or bool") + "; call module.float() before the export");
  slots_.push_back(slot);
  if (parameter)
    state_.parameter(slot.name, slot.listed);
  else
    state_.buffer(slot.name, slot.listed);
}

at::Tensor Script::operator()(const at::Tensor& a, const at::Tensor& b) {
  const torch::jit::GraphOptimizerEnabledGuard as_written(false);
  try {
    const c10::IValue result = module_.forward({a, b});
    if (!result.isTensor() || !result.toTensor().defined()) throw std::runtime_error("forward returned no tensor");
    return result.toTensor();
  } catch (const std::exception& e) {
    throw std::runtime_error(reason_of(e));
  }
}

void Script::settle() {
  const at::NoGradGuard no_grad;
  for (Slot& slot : slots_) {
    const at::Tensor now = slot.owner.attr(slot.attribute).toTensor();
    if (now.is_same(slot.listed)) continue;
    if (slot.listed.requires_grad())
      throw std::runtime_error("forward replaced parameter '" + slot.name + "'; only buffers may be replaced");
    if (now.sizes() != slot.listed.sizes() || now.scalar_type() != slot.listed.scalar_type())
      throw std::runtime_error("forward changed the shape or type of buffer '" + slot.name +
                               "'; state keeps those of the export");
    slot.listed.copy_(now.detach());
    slot.owner.setattr(slot.attribute, slot.listed);
  }
}

void Script::train(bool on) {
  for (auto& [path, part] : parts_)
    if (part.hasattr("training")) part.setattr("training", on);  // a frozen module has none
}

void Script::to(c10::Device device) { nn::move(state_, device); }

std::map<std::string, std::string> Script::attributes() const {
  std::map<std::string, std::string> all;
  for (const auto& [path, part] : parts_) {
    const c10::ClassTypePtr type = part.type();
    for (std::size_t i = 0; i < type->numAttributes(); ++i) {
      if (is_tensor(type->getAttribute(i)) || type->getAttribute(i)->is_module()) continue;
      std::ostringstream value;
      value << part.attr(type->getAttributeName(i));
      all[(path.empty() ? "" : path + ".") + type->getAttributeName(i)] = value.str();
    }
  }
  return all;
}

}  // namespace autodidact::torchscript
