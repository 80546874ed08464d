// The built-in datasets: endless, seeded, without a download.
#pragma once

#include <cstdint>
#include <string>

#include "config/value.hpp"
#include "data/readers.hpp"

namespace autodidact {

struct GeneratorOptions {
  std::int64_t n_train = 0, n_test = 0;
  std::uint64_t seed = 1;
};

// Options of [dataset.NAME] over the generator's defaults. Throws ConfigError for an unknown key (with the nearest
// names), a wrong type, a value out of range.
GeneratorOptions generator_options(const std::string& name, const Values& given);

enum class Part : std::uint64_t { train, test };
// n series of `cbf`, `synthetic_control` or `two_patterns`, each z-normalised with divisor L - 1. Series i is of class
// i mod n_classes and drawn from its own stream (name, seed, part, i): it does not depend on n. Labels "1", "2", ... as
// in UCR.
RawTable generate(const std::string& name, std::int64_t n, std::uint64_t seed, Part part);

}  // namespace autodidact
