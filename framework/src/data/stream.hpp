// Random numbers of one series or one split: the same on every machine, whatever else is drawn.
#pragma once

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <numbers>
#include <string_view>

namespace autodidact {

class Stream {
 public:
  // One stream for each (name, numbers).
  Stream(std::string_view name, std::initializer_list<std::uint64_t> numbers) {
    for (const char c : name) state_ = mixed(state_ ^ static_cast<unsigned char>(c));
    for (const std::uint64_t number : numbers) state_ = mixed(state_ ^ mixed(number));
  }

  std::uint64_t next() {  // SplitMix64
    state_ += kStep;
    return mixed(state_);
  }
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }  // [0, 1)
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  std::int64_t integer(std::int64_t low, std::int64_t high) {  // both ends included
    return low + static_cast<std::int64_t>(uniform() * static_cast<double>(high - low + 1));
  }
  double normal() {  // Box-Muller, two at a time
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    const double angle = 2.0 * std::numbers::pi * uniform();
    spare_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
  }

 private:
  static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15ull;
  static std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }

  std::uint64_t state_ = kStep;
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace autodidact
