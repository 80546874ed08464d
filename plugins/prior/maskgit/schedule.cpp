#include "schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace autodidact::maskgit {

Schedule schedule_named(const std::string& name) {
  if (name == "cosine") return Schedule::cosine;
  if (name == "linear") return Schedule::linear;
  if (name == "square") return Schedule::square;
  if (name == "cubic") return Schedule::cubic;
  if (name == "log") return Schedule::log;
  throw std::invalid_argument("schedule '" + name + "' is unknown; known: cosine, linear, square, cubic, log");
}

Convention convention_named(const std::string& name) {
  if (name == "mask") return Convention::mask;
  if (name == "keep") return Convention::keep;
  throw std::invalid_argument("mask_convention '" + name + "' is unknown; known: mask, keep");
}

double gamma(Schedule schedule, double ratio, std::int64_t tokens) {
  switch (schedule) {
    case Schedule::cosine:
      return std::cos(std::numbers::pi * ratio / 2.0);
    case Schedule::linear:
      return 1.0 - ratio;
    case Schedule::square:
      return 1.0 - ratio * ratio;
    case Schedule::cubic:
      return 1.0 - std::pow(ratio, 3.0);
    case Schedule::log:
      if (ratio * static_cast<double>(tokens) <= 1.0) return 1.0;  // where the quotient is above 1, or 0 / 0
      return std::clamp(-std::log2(ratio) / std::log2(static_cast<double>(tokens)), 1e-6, 1.0);
  }
  return 0.0;
}

std::int64_t masked_in_training(Schedule schedule, Convention convention, std::int64_t tokens, double ratio) {
  const double share = gamma(schedule, ratio, tokens) * static_cast<double>(tokens);
  if (convention == Convention::mask)
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(share)), 1, tokens);
  return tokens - std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(share)), 0, tokens - 1);
}

std::int64_t masked_after_step(Schedule schedule, std::int64_t tokens, std::int64_t steps, std::int64_t step) {
  if (step + 1 >= steps) return 0;
  const double share = gamma(schedule, static_cast<double>(step + 1) / static_cast<double>(steps), tokens);
  // The small summand makes exact products land where real arithmetic puts them, whatever the rounding.
  return std::max<std::int64_t>(0, static_cast<std::int64_t>(std::floor(share * static_cast<double>(tokens) + 1e-6)));
}

}  // namespace autodidact::maskgit
