// A TorchScript archive as something that can be called: loaded from memory, its interface judged, its state listed.
//
// Parameters that ask for a gradient are parameters; all other tensors of the module are buffers, under the names they
// have in Python. Python code may replace a buffer (self.mean = 0.9 * self.mean + ...), while the host keeps the tensor
// that it was shown: `settle` writes the new value into that tensor and gives it back to the module.
//
// Graphs run as they were written, without the profiling and fusing executor, whose first calls and later ones round
// differently: a training that is resumed must give the numbers of an unbroken one.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/api/module.h>

#include <map>
#include <string>
#include <vector>

#include "common/nn/state.hpp"

namespace autodidact::torchscript {

// The last word of an error of LibTorch or of a script: "RuntimeError: mat1 and mat2 shapes cannot be multiplied ...".
std::string reason_of(const std::exception& error);

class Script {
 public:
  // Throws ConfigError for bytes that are no TorchScript, and for a forward that does not map two tensors to one.
  explicit Script(const std::string& bytes);
  Script copy() const;  // shares no state with this

  // What forward returns. Throws std::runtime_error with the script's own reason, in one line.
  at::Tensor operator()(const at::Tensor& a, const at::Tensor& b);

  const std::vector<Parameter>& parameters() const { return state_.parameters; }
  const std::vector<Buffer>& buffers() const { return state_.buffers; }
  // See above. Called while no graph is alive; throws std::runtime_error if a buffer has changed its shape or type.
  void settle();

  void train(bool on);
  void to(c10::Device device);

  // Attributes that are no tensors, as text ("count: 3"): state that no record would hold, if forward changes one.
  std::map<std::string, std::string> attributes() const;

 private:
  struct Slot {  // where a listed tensor stands
    torch::jit::Module owner;
    std::string attribute, name;
    at::Tensor listed;
  };
  explicit Script(torch::jit::Module module);
  void list_state();
  void list(const Slot& slot, bool trained);

  torch::jit::Module module_;
  std::vector<std::pair<std::string, torch::jit::Module>> parts_;  // the module and those inside it, each once
  std::vector<Slot> slots_;
  nn::State state_;
};

}  // namespace autodidact::torchscript
