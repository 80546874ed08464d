#include <cmath>
#include <cstring>
#include <system_error>
#include <type_traits>

#include "autodidact/plugin/error.hpp"
#include "data/npy_header.hpp"
#include "data/readers.hpp"
#include "data/text.hpp"

namespace autodidact {
namespace {

[[noreturn]] void fail(const std::string& what, const std::string& text) { throw DataError(what + ": " + text); }

template <class T>
T element(std::string_view data, std::size_t index) {
  T value;
  std::memcpy(&value, data.data() + index * sizeof(T), sizeof(T));
  return value;
}

// Calls use(T{}) with the C++ type of the array's elements.
template <class Use>
void with_type(const NpyArray& array, const std::string& what, Use use) {
  const char kind = array.kind;
  const std::size_t item = array.item;
  if (kind == 'f' && item == 4) return use(float{});
  if (kind == 'f' && item == 8) return use(double{});
  if (kind == 'i' && item == 1) return use(std::int8_t{});
  if (kind == 'i' && item == 2) return use(std::int16_t{});
  if (kind == 'i' && item == 4) return use(std::int32_t{});
  if (kind == 'i' && item == 8) return use(std::int64_t{});
  if ((kind == 'u' || kind == 'b') && item == 1) return use(std::uint8_t{});
  if (kind == 'u' && item == 2) return use(std::uint16_t{});
  if (kind == 'u' && item == 4) return use(std::uint32_t{});
  if (kind == 'u' && item == 8) return use(std::uint64_t{});
  fail(what, std::string("holds elements of kind '") + kind + "' and " + std::to_string(item) +
                 " bytes; save them with astype('<f4')");
}

std::string cell(const RawTable& table, const std::string& what, std::int64_t i) {
  return what + ": series " + std::to_string(i / table.width() + 1) + ", channel " +
         std::to_string(i / table.length % table.channels + 1) + ", time " + std::to_string(i % table.length + 1);
}

template <class T>
void copy_values(const NpyArray& array, const std::string& what, RawTable& table) {
  const std::int64_t count = array.count();
  table.values.resize(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t from = i;  // row-major position in the file
    if (array.fortran) {
      const std::int64_t n = i / table.width(), c = i / table.length % table.channels, t = i % table.length;
      from = n + table.n * (c + table.channels * t);  // C = 1 covers (N, L)
    }
    const double value = static_cast<double>(element<T>(array.data, static_cast<std::size_t>(from)));
    if (std::isinf(value)) fail(cell(table, what, i), "found an infinite value; write NaN for a missing one");
    if (std::isnan(value) && table.missing++ == 0) table.first_missing = cell(table, what, i);
    table.values[static_cast<std::size_t>(i)] = value;
  }
}

void append_utf8(std::string& text, std::uint32_t code, const std::string& what) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | code >> 6);
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0 | code >> 12);
    text += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x110000) {
    text += static_cast<char>(0xF0 | code >> 18);
    text += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    text += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    fail(what, "a label holds a character that is none");
  }
}

std::string text_label(const NpyArray& array, std::size_t index, const std::string& what) {
  std::string label;
  const std::string_view bytes = array.data.substr(index * array.item, array.item);
  if (array.kind == 'S') {
    label = bytes.substr(0, bytes.find('\0'));
  } else {
    for (std::size_t i = 0; i < bytes.size() / 4; ++i) {
      const auto code = element<std::uint32_t>(bytes, i);
      if (code == 0) break;
      append_utf8(label, code, what);
    }
  }
  if (label.empty()) fail(what, "label " + std::to_string(index + 1) + " is empty");
  return label;
}

template <class T>
std::string number_label(T value, std::size_t index, const std::string& what) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::nearbyint(value) != value || std::fabs(value) > 9e15)
      fail(what,
           "label " + std::to_string(index + 1) + " is " + std::to_string(value) + ", expected a whole number or text");
    return std::to_string(static_cast<std::int64_t>(value));
  } else {
    return std::to_string(value);
  }
}

}  // namespace

void take_npy_values(std::string_view bytes, const std::string& what, RawTable& table) {
  const NpyArray array = parse_npy(bytes, what);
  const std::size_t rank = array.shape.size();
  if (rank != 2 && rank != 3)
    fail(what, "found an array of rank " + std::to_string(rank) + ", expected x of shape (N, L) or (N, C, L)");
  if (array.kind == 'U' || array.kind == 'S') fail(what, "holds text, expected numbers");
  if (array.count() > kMostValues) fail(what, "above the limit of " + std::to_string(kMostValues) + " values");
  table.n = array.shape[0];
  table.channels = rank == 3 ? array.shape[1] : 1;
  table.length = array.shape.back();
  with_type(array, what, [&](auto type) { copy_values<decltype(type)>(array, what, table); });
}

std::vector<std::string> take_npy_labels(std::string_view bytes, const std::string& what) {
  const NpyArray array = parse_npy(bytes, what);
  if (array.shape.size() != 1)
    fail(what, "found labels of rank " + std::to_string(array.shape.size()) + ", expected y of shape (N)");
  const auto count = static_cast<std::size_t>(array.count());
  if (array.count() > kMostLines) fail(what, "above the limit of " + std::to_string(kMostLines) + " labels");
  std::vector<std::string> labels(count);
  if (array.kind == 'U' || array.kind == 'S') {
    for (std::size_t i = 0; i < count; ++i) labels[i] = text_label(array, i, what);
  } else {
    with_type(array, what, [&](auto type) {
      for (std::size_t i = 0; i < count; ++i) labels[i] = number_label(element<decltype(type)>(array.data, i), i, what);
    });
  }
  return labels;
}

void check_label_count(const RawTable& table, const std::string& what) {
  if (table.labels.empty() || static_cast<std::int64_t>(table.labels.size()) == table.n) return;
  fail(what, "found " + std::to_string(table.labels.size()) + " labels for " + std::to_string(table.n) + " series");
}

RawTable read_npy(const std::filesystem::path& file) {
  RawTable table;
  table.file = file;
  take_npy_values(read_whole(file), file.string(), table);
  std::filesystem::path labels = file;
  labels.replace_filename(file.stem().string() + "_y.npy");
  std::error_code error;
  if (std::filesystem::exists(labels, error)) {
    table.labels = take_npy_labels(read_whole(labels), labels.string());
    check_label_count(table, labels.string());
  }
  return table;
}

}  // namespace autodidact
