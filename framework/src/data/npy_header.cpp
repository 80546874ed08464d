#include "data/npy_header.hpp"

#include <charconv>

#include "autodidact/plugin/error.hpp"
#include "data/text.hpp"

namespace autodidact {
namespace {

constexpr std::size_t kMostHeader = 1 << 16;

[[noreturn]] void fail(const std::string& what, const std::string& text) { throw DataError(what + ": " + text); }

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

// The text between the magic and the data: a Python dict with the keys descr, fortran_order and shape.
std::string_view header_text(std::string_view bytes, const std::string& what, std::size_t& data_begin) {
  if (bytes.size() < 10 || bytes.substr(0, 6) != "\x93NUMPY") fail(what, "is not a .npy array (no NumPy magic)");
  const int version = bytes[6];
  if (version < 1 || version > 3) fail(what, "found .npy version " + std::to_string(version) + ", expected 1, 2 or 3");
  const std::size_t width = version == 1 ? 2 : 4;
  if (bytes.size() < 8 + width) fail(what, "the .npy header is cut off");
  const std::size_t length = little_endian(bytes.substr(8, width));
  data_begin = 8 + width + length;
  if (length > kMostHeader || data_begin > bytes.size()) fail(what, "the .npy header is cut off or far too long");
  return bytes.substr(8 + width, length);
}

// What follows "'key':" in the dict.
std::string_view value_of(std::string_view header, const std::string& key, const std::string& what) {
  std::size_t at = header.find("'" + key + "'");
  if (at != std::string_view::npos) at = header.find(':', at);
  if (at == std::string_view::npos) fail(what, "the .npy header has no " + key);
  return trimmed(header.substr(at + 1));
}

void take_descr(std::string_view value, const std::string& what, NpyArray& array) {
  const std::size_t end = value.empty() || value[0] != '\'' ? std::string_view::npos : value.find('\'', 1);
  if (end == std::string_view::npos) fail(what, "holds a structured array; expected plain numbers or text");
  const std::string_view descr = value.substr(1, end - 1);
  std::size_t item = 0;
  const char* last = descr.data() + descr.size();
  if (descr.size() < 3 || std::from_chars(descr.data() + 2, last, item).ptr != last || item == 0 || item > kMostHeader)
    fail(what, "holds the type " + in_quotes(descr) + ", expected numbers or text");
  array.kind = descr[1];
  array.item = item;
  if (array.kind == 'O') fail(what, "holds Python objects (a pickle), which are never read; save plain arrays");
  if (descr[0] == '>' && (item > 1 && array.kind != 'S'))
    fail(what, "holds big-endian values; save them with astype('<f4')");
  if (array.kind == 'U') array.item *= 4;
}

void take_shape(std::string_view value, const std::string& what, NpyArray& array) {
  const std::size_t end = value.empty() || value[0] != '(' ? std::string_view::npos : value.find(')');
  if (end == std::string_view::npos) fail(what, "the .npy header has no readable shape");
  std::string_view rest = value.substr(1, end - 1), field;
  while (next_field(rest, ',', field)) {
    field = trimmed(field);
    if (field.empty()) continue;  // the comma of (3,)
    std::int64_t size = 0;
    const char* last = field.data() + field.size();
    const auto [stop, error] = std::from_chars(field.data(), last, size);
    if (error != std::errc() || stop != last || size < 0)
      fail(what, "the .npy shape holds " + in_quotes(field) + ", expected a whole number");
    array.shape.push_back(size);
  }
}

}  // namespace

std::int64_t NpyArray::count() const {
  std::int64_t count = 1;
  for (const std::int64_t size : shape) count *= size;
  return count;
}

NpyArray parse_npy(std::string_view bytes, const std::string& what) {
  std::size_t data_begin = 0;
  const std::string_view header = header_text(bytes, what, data_begin);
  NpyArray array;
  take_descr(value_of(header, "descr", what), what, array);
  take_shape(value_of(header, "shape", what), what, array);
  array.fortran = value_of(header, "fortran_order", what).substr(0, 4) == "True";
  array.data = bytes.substr(data_begin);
  // Compared by division, so that no product can overflow.
  std::size_t left = array.data.size() / array.item;
  bool fits = array.data.size() % array.item == 0;
  for (const std::int64_t size : array.shape) {
    if (size == 0) fail(what, "the array is empty; expected at least one series");
    fits = fits && left % static_cast<std::size_t>(size) == 0;
    left /= static_cast<std::size_t>(size);
  }
  if (!fits || left != 1)
    fail(what, "the shape in the header does not fit the " + std::to_string(array.data.size()) +
                   " bytes of data; the file is cut off or damaged");
  return array;
}

}  // namespace autodidact
