// The header of a .npy file, checked against the bytes that follow it before any memory is taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace autodidact {

struct NpyArray {
  char kind = 'f';       // f float, i signed, u unsigned, b bool, U text of 4-byte characters, S of bytes
  std::size_t item = 0;  // bytes of one element
  bool fortran = false;  // column-major
  std::vector<std::int64_t> shape;
  std::string_view data;  // exactly count() * item bytes
  std::int64_t count() const;
};

// Throws DataError beginning with `what`. Object arrays (pickles) and big-endian numbers are refused.
NpyArray parse_npy(std::string_view bytes, const std::string& what);

}  // namespace autodidact
