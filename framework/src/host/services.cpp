#include "host/services.hpp"

#include <ATen/ATen.h>

#include "autodidact/plugin/error.hpp"
#include "host/cpu.hpp"

namespace autodidact {

Services::Services(std::uint64_t root_seed, std::string stage, std::string component, Precision precision,
                   std::function<void(LogLevel, const std::string&)> sink, const std::atomic<bool>* stop)
    : root_(root_seed),
      stage_(std::move(stage)),
      component_(std::move(component)),
      precision_(precision),
      sink_(std::move(sink)),
      stop_(stop) {}

void Services::at_call(std::int64_t epoch, std::int64_t step, std::int64_t call) {
  epoch_ = epoch;
  step_ = step;
  call_ = call;
  seed_default_generator({root_, stage_, component_, "dropout", epoch, step, call});
}

void Services::at_init() { seed_default_generator({root_, stage_, component_, "init"}); }

c10::Device Services::device() const { return c10::Device(c10::kCPU); }
Precision Services::precision() const { return precision_; }

void Services::log(LogLevel level, const std::string& text) {
  if (sink_) sink_(level, component_ + ": " + text);
}

bool Services::stop_requested() const { return stop_ && stop_->load(std::memory_order_relaxed); }

at::Generator Services::generator(Purpose purpose) {
  return generator_for(
      {root_, stage_, component_, purpose == Purpose::mask ? "mask" : "codebook", epoch_, step_, call_});
}

// Keyed by root seed and purpose alone: neither stage nor component, so that a set is the same whoever draws it.
at::Tensor Services::uniform(std::int64_t first_index, std::int64_t n, std::int64_t stream, std::int64_t step,
                             std::int64_t draw, std::int64_t width) {
  return philox_uniform(stream_seed({root_, {}, {}, "sample"}), first_index, n, stream, step, draw, width);
}

Precision resolve_precision(const std::string& asked) {
  if (asked == "fp32") return Precision::fp32;
  if (asked == "bf16") return Precision::bf16;  // asked for by name: right, if slow, on any processor
  if (asked == "auto") return has_fast_bf16() ? Precision::bf16 : Precision::fp32;
  throw ConfigError("precision '" + asked + "'; expected fp32, bf16 or auto");
}

}  // namespace autodidact
