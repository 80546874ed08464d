// Host services for tests of priors: counted generators, and uniform numbers that depend on their counter alone.
#pragma once

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <cstdint>
#include <string>

#include "autodidact/plugin/host.hpp"

namespace autodidact::testing_support {

class TestHost final : public HostServices {
 public:
  explicit TestHost(Precision precision = Precision::fp32) : precision_(precision) {}

  std::uint64_t seed = 1;  // of the next generator
  bool stop = false;

  c10::Device device() const override { return at::kCPU; }
  Precision precision() const override { return precision_; }
  void log(LogLevel, const std::string&) override {}
  bool stop_requested() const override { return stop; }
  at::Generator generator(Purpose) override { return at::make_generator<at::CPUGeneratorImpl>(seed++); }

  at::Tensor uniform(std::int64_t first_index, std::int64_t n, std::int64_t stream, std::int64_t step,
                     std::int64_t draw, std::int64_t width) override {
    at::Tensor out = at::empty({n, width});
    auto entry = out.accessor<float, 2>();
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j < width; ++j) {
        std::uint64_t h = 0;
        for (const std::int64_t part : {first_index + i, stream, step, draw, j})
          h = mix(h ^ static_cast<std::uint64_t>(part));
        entry[i][j] = (static_cast<float>(h >> 41) + 0.5f) / 8388608.0f;  // 23 bits
      }
    return out;
  }

 private:
  static std::uint64_t mix(std::uint64_t z) {  // splitmix64
    z += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  Precision precision_;
};

}  // namespace autodidact::testing_support
