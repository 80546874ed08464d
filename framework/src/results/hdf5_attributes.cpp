// Attributes: every alternative of Value, written as h5py would.
#include <cstring>
#include <limits>

#include "autodidact/plugin/error.hpp"
#include "results/hdf5.hpp"

namespace autodidact::h5 {
namespace {

void refuse_zero_bytes(const std::string& text, const std::string& what) {
  if (text.find('\0') != std::string::npos) throw DataError(what + ": text with a zero byte cannot be stored");
}

struct Writer {
  hid_t object;
  const std::string& name;
  const std::string& what;

  void put(hid_t file, hid_t memory, hid_t space, const void* data) const {
    const Handle attribute =
        check(H5Acreate2(object, name.c_str(), file, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, what);
    check(H5Awrite(attribute, memory, data), what);
  }
  void scalar(const Handle& file, const Handle& memory, const void* data) const {
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    put(file, memory, space, data);
  }
  template <class T>
  void list(Type type, const std::vector<T>& values) const {
    const hsize_t size = values.size();
    const Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
    const T none{};
    put(file_type(type), memory_type(type), space, values.empty() ? &none : values.data());
  }

  void operator()(bool value) const {
    const std::int8_t byte = value ? 1 : 0;
    scalar(file_type(Type::boolean), memory_type(Type::boolean), &byte);
  }
  void operator()(std::int64_t value) const { scalar(file_type(Type::i64), memory_type(Type::i64), &value); }
  void operator()(double value) const { scalar(file_type(Type::f64), memory_type(Type::f64), &value); }
  void operator()(const std::string& value) const {
    refuse_zero_bytes(value, what);
    const char* pointer = value.c_str();
    scalar(text_type(), text_type(), &pointer);
  }
  void operator()(const std::vector<std::int64_t>& values) const { list(Type::i64, values); }
  void operator()(const std::vector<double>& values) const { list(Type::f64, values); }
};

// ---- reading ----

template <class T>
Value numbers(hid_t attribute, Type type, bool scalar, std::uint64_t count, const std::string& what) {
  std::vector<T> values(count);
  if (count > 0) check(H5Aread(attribute, memory_type(type), values.data()), what);
  if (scalar) return values.at(0);
  return values;
}

Value booleans(hid_t attribute, bool scalar, std::uint64_t count, const std::string& what) {
  std::vector<std::int8_t> bytes(count);
  if (count > 0) check(H5Aread(attribute, memory_type(Type::boolean), bytes.data()), what);
  if (scalar) return bytes.at(0) != 0;
  return std::vector<std::int64_t>(bytes.begin(), bytes.end());
}

std::string variable_text(hid_t attribute, hid_t type, const std::string& what) {
  char* pointer = nullptr;
  check(H5Aread(attribute, type, &pointer), what);
  const std::string text = pointer ? pointer : "";
  H5free_memory(pointer);
  return text;
}

std::string fixed_text(hid_t attribute, hid_t type, const std::string& what) {
  std::string text(H5Tget_size(type), '\0');
  check(H5Aread(attribute, type, text.data()), what);
  text.resize(std::strlen(text.c_str()) < text.size() ? std::strlen(text.c_str()) : text.size());
  if (H5Tget_strpad(type) == H5T_STR_SPACEPAD) text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

Value read_value(hid_t attribute, const std::string& what, Budget& budget) {
  const Handle type = check(H5Aget_type(attribute), H5Tclose, what);
  const Handle space = check(H5Aget_space(attribute), H5Sclose, what);
  const H5S_class_t extent = H5Sget_simple_extent_type(space);
  const std::vector<hsize_t> shape = shape_of(space, what);
  if (shape.size() > 1)
    throw DataError(what + ": has " + std::to_string(shape.size()) + " dimensions, at most 1 is allowed");
  const bool scalar = extent == H5S_SCALAR;
  const std::uint64_t count = scalar ? 1 : shape[0];
  budget.take(byte_count(shape, std::max<std::size_t>(8, H5Tget_size(type)), what), what);
  const H5T_class_t kind = H5Tget_class(type);
  if (kind == H5T_STRING) {
    if (extent == H5S_NULL) return std::string();
    if (count != 1) throw DataError(what + ": is a list of texts; only single texts are allowed");
    return H5Tis_variable_str(type) > 0 ? variable_text(attribute, type, what) : fixed_text(attribute, type, what);
  }
  if (is_boolean(type)) return booleans(attribute, scalar, count, what);
  if (is_integer(type)) return numbers<std::int64_t>(attribute, Type::i64, scalar, count, what);
  if (kind == H5T_FLOAT) return numbers<double>(attribute, Type::f64, scalar, count, what);
  throw DataError(what + ": is neither number, truth value nor text");
}

}  // namespace

void write_attributes(hid_t object, const Values& values, const std::string& path) {
  for (const auto& [name, value] : values) {
    const std::string what = "attribute '" + name + "' of '/" + path + "'";
    if (name.empty() || name.find('\0') != std::string::npos) throw DataError(what + ": is not a name");
    std::visit(Writer{object, name, what}, value);
  }
}

Values read_attributes(hid_t object, const std::string& path, Budget& budget) {
  Values values;
  H5O_info_t info;
  check(H5Oget_info2(object, &info, H5O_INFO_NUM_ATTRS), "'/" + path + "'");
  for (hsize_t i = 0; i < info.num_attrs; ++i) {
    const std::string place = "attribute " + std::to_string(i) + " of '/" + path + "'";
    const Handle attribute =
        check(H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, place);
    const ssize_t length = H5Aget_name(attribute, 0, nullptr);
    check(length < 0 ? -1 : 0, place);
    std::string name(static_cast<std::size_t>(length), '\0');
    H5Aget_name(attribute, name.size() + 1, name.data());
    values[name] = read_value(attribute, "attribute '" + name + "' of '/" + path + "'", budget);
  }
  return values;
}

}  // namespace autodidact::h5
