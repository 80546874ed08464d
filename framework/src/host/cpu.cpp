#include "host/cpu.hpp"

#if defined(__x86_64__)
#include <cpuid.h>

#include <cstdint>
#endif

namespace autodidact {

#if defined(__x86_64__)

namespace {

// Which register states the system saves: without, the instructions fault.
std::uint64_t saved_states() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) return 0;
  std::uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return static_cast<std::uint64_t>(high) << 32 | low;
}

}  // namespace

bool has_fast_bf16() {
  constexpr std::uint64_t kAvx512 = 0xe6, kAmx = 3ull << 17;  // SSE, AVX, opmask, ZMM; tile configuration and data
  const std::uint64_t saved = saved_states();
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
  const unsigned last_leaf = a;
  const bool amx = (d >> 22 & 1) && (d >> 24 & 1) && (saved & kAmx) == kAmx;
  if (last_leaf < 1 || !__get_cpuid_count(7, 1, &a, &b, &c, &d)) return amx;
  return amx || ((a >> 5 & 1) && (saved & kAvx512) == kAvx512);
}

#else

bool has_fast_bf16() { return false; }

#endif

}  // namespace autodidact
