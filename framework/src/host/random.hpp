// Randomness: one root seed, one stream per purpose. Nothing one component draws moves another's numbers.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string_view>

namespace autodidact {

// hash(seed, stage, component, purpose, epoch, step, call)
struct StreamKey {
  std::uint64_t root = 0;
  std::string_view stage;      // "tokenizer", "prior", "samples", "measures", ...
  std::string_view component;  // "tokenizer", "objective", "prior", "protocol", ...
  std::string_view purpose;    // init, order, augment, mask, dropout, codebook, sample, evaluate
  std::int64_t epoch = 0, step = 0, call = 0;
};
std::uint64_t stream_seed(const StreamKey& key);
at::Generator generator_for(const StreamKey& key);  // a fresh CPU generator
void seed_default_generator(const StreamKey& key);  // LibTorch's own, for init and dropout

// Philox4x32-10. (n, width) float32 in (0, 1); entry (i, j) keyed by `key` with counter (first + i, stream, step, draw,
// j).
at::Tensor philox_uniform(std::uint64_t key, std::int64_t first, std::int64_t n, std::int64_t stream, std::int64_t step,
                          std::int64_t draw, std::int64_t width);

}  // namespace autodidact
