#include "protocol/session.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <malloc.h>
#include <sys/resource.h>

#include <chrono>

namespace autodidact {

namespace {
double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
}  // namespace

void prepare_process(const Run& run) {
  // Large temporaries would be mapped and unmapped each step, and page faults then dominate elementwise work
  // (specification of performance, section 3.9). glibc caps the mmap threshold at 32 MB, below a projector's
  // gradient, so mapping is switched off altogether and the heap is never trimmed.
  ::mallopt(M_MMAP_MAX, 0);
  ::mallopt(M_TRIM_THRESHOLD, 2'000'000'000);
  ::mallopt(M_TOP_PAD, 64 << 20);
  at::set_num_threads(static_cast<int>(run.threads));
  // Codes and moments that decay towards zero would pass through denormals, a hundred times slower than zero.
  at::globalContext().setFlushDenormal(true);
}

std::int64_t peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

Stopwatch::Stopwatch() : start_(now()) {}
double Stopwatch::seconds() const { return now() - start_; }

}  // namespace autodidact
