#include "host/random.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/ops/empty.h>

#include <mutex>

namespace autodidact {

namespace {

// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014): its increment and its
// finaliser, a bijection whose every output bit depends on every input bit.
constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ull;
constexpr std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

// Fields enter as words of eight bytes, a text with its length first, so no two keys have the same words.
class Hash {
 public:
  void add(std::uint64_t word) { state_ = mix((state_ + kGolden) ^ word); }
  void add(std::string_view text) {
    add(text.size());
    for (std::size_t i = 0; i < text.size(); i += 8) {
      std::uint64_t word = 0;
      for (std::size_t j = 0; j < 8 && i + j < text.size(); ++j)
        word |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[i + j])) << (8 * j);
      add(word);
    }
  }
  std::uint64_t value() const { return mix(state_ + kGolden); }

 private:
  std::uint64_t state_ = 0;
};

// LibTorch seeds its Mersenne Twister with 32 bits; here all words of its state come from the 64 bits of the key, so
// that streams do not meet after some ten thousand seeds.
void set_generator(at::CPUGeneratorImpl& generator, std::uint64_t seed) {
  generator.set_current_seed(seed);  // also forgets a second normal number kept from before
  at::mt19937_data_pod pod = generator.engine().data();
  std::uint64_t state = seed;
  for (std::size_t i = 0; i < pod.state_.size(); i += 2) {
    const std::uint64_t word = mix(state += kGolden);
    pod.state_[i] = static_cast<std::uint32_t>(word);
    pod.state_[i + 1] = static_cast<std::uint32_t>(word >> 32);
  }
  at::mt19937 engine;
  engine.set_data(pod);
  generator.set_engine(engine);
}

}  // namespace

std::uint64_t stream_seed(const StreamKey& key) {
  Hash hash;
  hash.add(key.root);
  hash.add(key.stage);
  hash.add(key.component);
  hash.add(key.purpose);
  for (const std::int64_t number : {key.epoch, key.step, key.call}) hash.add(static_cast<std::uint64_t>(number));
  return hash.value();
}

at::Generator generator_for(const StreamKey& key) {
  at::Generator generator = at::detail::createCPUGenerator();
  set_generator(*generator.get<at::CPUGeneratorImpl>(), stream_seed(key));
  return generator;
}

void seed_default_generator(const StreamKey& key) {
  at::Generator generator = at::globalContext().defaultGenerator(at::kCPU);
  const std::lock_guard lock(generator.mutex());
  set_generator(*generator.get<at::CPUGeneratorImpl>(), stream_seed(key));
}

}  // namespace autodidact
