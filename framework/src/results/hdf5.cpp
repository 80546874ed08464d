#include "results/hdf5.hpp"

#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <limits>

#include "autodidact/plugin/error.hpp"

namespace autodidact::h5 {

void begin() {
  // Every file is closed by its handle. One that could not be written whole cannot be closed either, and the library's
  // own flush at exit would crash on it.
  H5dont_atexit();
  H5open();
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5PLset_loading_state(0);
}

namespace {

herr_t visit_error(unsigned, const H5E_error2_t* entry, void* data) {
  // The last text of the walk is kept.
  if (entry->desc && *entry->desc) *static_cast<std::string*>(data) = entry->desc;
  return 0;
}

}  // namespace

std::string reason() {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, visit_error, &text);
  std::string innermost;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, visit_error, &innermost);
  H5Eclear2(H5E_DEFAULT);
  for (const std::string& candidate : {innermost, text}) {
    const std::size_t at = candidate.find("error message = '");
    if (at == std::string::npos) continue;
    const std::size_t first = at + std::strlen("error message = '");
    return candidate.substr(first, candidate.find('\'', first) - first);
  }
  return innermost.empty() ? "HDF5 gives no reason" : innermost;
}

hid_t check(hid_t code, const std::string& what) {
  if (code < 0) throw DataError(what + ": " + reason());
  return code;
}

Handle check(hid_t id, Handle::Close close, const std::string& what) { return {check(id, what), close}; }

namespace {

Handle boolean_type() {
  Handle type(H5Tenum_create(H5T_STD_I8LE), H5Tclose);
  const std::int8_t no = 0, yes = 1;
  H5Tenum_insert(type, "FALSE", &no);
  H5Tenum_insert(type, "TRUE", &yes);
  return type;
}

Handle copied(hid_t type) { return {H5Tcopy(type), H5Tclose}; }

}  // namespace

Handle file_type(Type type) {
  switch (type) {
    case Type::f32:
      return copied(H5T_IEEE_F32LE);
    case Type::f64:
      return copied(H5T_IEEE_F64LE);
    case Type::i64:
      return copied(H5T_STD_I64LE);
    case Type::i32:
      return copied(H5T_STD_I32LE);
    case Type::i16:
      return copied(H5T_STD_I16LE);
    case Type::u8:
      return copied(H5T_STD_U8LE);
    case Type::boolean:
      return boolean_type();
  }
  return {};
}

Handle memory_type(Type type) {
  switch (type) {
    case Type::f32:
      return copied(H5T_NATIVE_FLOAT);
    case Type::f64:
      return copied(H5T_NATIVE_DOUBLE);
    case Type::i64:
      return copied(H5T_NATIVE_INT64);
    case Type::i32:
      return copied(H5T_NATIVE_INT32);
    case Type::i16:
      return copied(H5T_NATIVE_INT16);
    case Type::u8:
      return copied(H5T_NATIVE_UINT8);
    case Type::boolean:
      return boolean_type();
  }
  return {};
}

Handle text_type() {
  Handle type = copied(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

bool is_boolean(hid_t type) {
  if (H5Tget_class(type) != H5T_ENUM || H5Tget_size(type) != 1 || H5Tget_nmembers(type) != 2) return false;
  const std::int8_t no = 0, yes = 1;
  char name[8];
  return H5Tenum_nameof(type, &no, name, sizeof name) >= 0 && std::strcmp(name, "FALSE") == 0 &&
         H5Tenum_nameof(type, &yes, name, sizeof name) >= 0 && std::strcmp(name, "TRUE") == 0;
}

bool is_integer(hid_t type) {
  return H5Tget_class(type) == H5T_INTEGER && (H5Tget_size(type) < 8 || H5Tget_sign(type) != H5T_SGN_NONE);
}

std::uint64_t byte_count(const std::vector<hsize_t>& shape, std::uint64_t size, const std::string& what) {
  for (const hsize_t extent : shape)
    if (extent == 0) return 0;
  std::uint64_t bytes = size;
  for (const hsize_t extent : shape)
    if (__builtin_mul_overflow(bytes, std::uint64_t{extent}, &bytes) ||
        bytes > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      throw DataError(what + ": declares more bytes than can be counted");
  return bytes;
}

std::vector<hsize_t> shape_of(hid_t space, const std::string& what) {
  if (H5Sget_simple_extent_type(space) == H5S_NULL) return {0};
  const int rank = H5Sget_simple_extent_ndims(space);
  check(rank, what);
  std::vector<hsize_t> shape(static_cast<std::size_t>(rank));
  check(H5Sget_simple_extent_dims(space, shape.data(), nullptr), what);
  return shape;
}

bool Budget::try_take(std::uint64_t bytes) {
  if (bytes > left_) return false;
  left_ -= bytes;
  return true;
}

void Budget::take(std::uint64_t bytes, const std::string& what) {
  if (!try_take(bytes))
    throw DataError(what + ": needs " + std::to_string(bytes) + " bytes where " + std::to_string(left_) + " of " +
                    std::to_string(all_) + " allowed are left");
}

namespace {

void* counted_malloc(std::size_t size, void* budget) {
  return static_cast<Budget*>(budget)->try_take(size) ? std::malloc(size) : nullptr;
}
void plain_free(void* memory, void*) { std::free(memory); }

}  // namespace

Handle counted_transfer(Budget& budget) {
  Handle transfer = check(H5Pcreate(H5P_DATASET_XFER), H5Pclose, "transfer");
  check(H5Pset_vlen_mem_manager(transfer, counted_malloc, &budget, plain_free, nullptr), "transfer");
  return transfer;
}

}  // namespace autodidact::h5
