// What is written to standard output and standard error, by whatever means.
#pragma once

#include <cstdint>
#include <string>

namespace autodidact {

class Talk {
 public:
  // heard: standard output and error are one file already, which is read. Else both go to memory until the end of this
  // object.
  explicit Talk(bool heard);
  ~Talk();
  Talk(const Talk&) = delete;
  Talk& operator=(const Talk&) = delete;

  // What came since the last call, at most 4 kB of it.
  std::string news();

 private:
  int file_ = -1, out_ = -1, err_ = -1;  // out_, err_: what standard output and error were before
  std::int64_t read_ = 0;
};

}  // namespace autodidact
