#pragma once

#include <ATen/Parallel.h>

namespace autodidact {

// One thread while it lives, as runs have by default: bits depend on the number of threads.
class OneThread {
 public:
  OneThread() { at::set_num_threads(1); }
  ~OneThread() { at::set_num_threads(before_); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_ = at::get_num_threads();
};

}  // namespace autodidact
