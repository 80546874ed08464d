// What the host offers to a plugin. A plugin never seeds, prints, times or opens files by itself.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <string>

#include "autodidact/plugin/export.hpp"
#include "autodidact/plugin/log.hpp"

namespace autodidact {

enum class Precision { fp32, bf16 };
enum class Purpose { mask, codebook };

class AUTODIDACT_API HostServices {
 public:
  virtual ~HostServices() = default;

  virtual c10::Device device() const = 0;
  // The resolved precision ("auto" is already decided). The host never opens autocast: a plugin decides where bf16
  // is used. Losses, statistics, quantiser and softmax stay in float32.
  virtual Precision precision() const = 0;
  virtual void log(LogLevel level, const std::string& text) = 0;
  // True when the user asked to stop; a long loop inside one call should return early by throwing.
  virtual bool stop_requested() const = 0;

  // A generator already set for this call: the same numbers for the same (seed, stage, component, purpose, epoch,
  // step, call), whatever other components draw. `mask` for training masks, `codebook` for k-means, revival and
  // stochastic encoding. LibTorch's default generator carries initialisation and dropout only.
  virtual at::Generator generator(Purpose purpose) = 0;

  // The only randomness of sampling. (n, width) float32 in (0, 1): entry (i, j) is a Philox number keyed by (root
  // seed, purpose `sample`) with counter (first_index + i, stream, step, draw, j), so series i gets the same numbers
  // however a set is cut into blocks.
  virtual at::Tensor uniform(std::int64_t first_index, std::int64_t n, std::int64_t stream, std::int64_t step,
                             std::int64_t draw, std::int64_t width) = 0;
};

}  // namespace autodidact
