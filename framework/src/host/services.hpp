// HostServices as the protocol drives it: set the position before each call into a plugin.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "autodidact/plugin/host.hpp"
#include "host/random.hpp"

namespace autodidact {

class Services final : public HostServices {
 public:
  Services(std::uint64_t root_seed, std::string stage, std::string component, Precision precision,
           std::function<void(LogLevel, const std::string&)> sink, const std::atomic<bool>* stop = nullptr);

  // Where the next call stands; also sets the default generator for `dropout`.
  void at_call(std::int64_t epoch, std::int64_t step, std::int64_t call);
  void at_init();  // sets the default generator for `init`

  c10::Device device() const override;
  Precision precision() const override;
  void log(LogLevel level, const std::string& text) override;
  bool stop_requested() const override;
  at::Generator generator(Purpose purpose) override;
  at::Tensor uniform(std::int64_t first_index, std::int64_t n, std::int64_t stream, std::int64_t step,
                     std::int64_t draw, std::int64_t width) override;

 private:
  std::uint64_t root_;
  std::string stage_, component_;
  Precision precision_;
  std::function<void(LogLevel, const std::string&)> sink_;
  const std::atomic<bool>* stop_;
  std::int64_t epoch_ = 0, step_ = 0, call_ = 0;
};

// "fp32" | "bf16" | "auto" -> what is used: bf16 only where the processor has AVX512-BF16 or AMX.
Precision resolve_precision(const std::string& asked);

}  // namespace autodidact
