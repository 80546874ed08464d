#include <algorithm>
#include <cstring>
#include <optional>

#include "autodidact/plugin/error.hpp"
#include "results/file.hpp"
#include "results/hdf5.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

// The narrowest type of a record that holds every value of the stored one, or none.
std::optional<Type> type_of(hid_t stored) {
  const std::size_t size = H5Tget_size(stored);
  if (h5::is_boolean(stored)) return Type::boolean;
  if (H5Tget_class(stored) == H5T_FLOAT) return size <= 4 ? Type::f32 : Type::f64;
  if (H5Tget_class(stored) != H5T_INTEGER) return std::nullopt;
  if (H5Tget_sign(stored) == H5T_SGN_NONE) {
    if (size == 8) return std::nullopt;  // would not fit
    return size == 1 ? Type::u8 : size == 2 ? Type::i32 : Type::i64;
  }
  return size <= 2 ? Type::i16 : size == 4 ? Type::i32 : Type::i64;
}

class FileReader {
 public:
  FileReader(hid_t file, const ReadOptions& options) : file_(file), options_(options), budget_(options.max_bytes) {}

  Record read() {
    for (const h5::Item& item : h5::inspect(file_, budget_)) {
      const std::string what = "'/" + item.path + "'";
      const bool wanted = item.group || !options_.want || options_.want(item.path);
      if (!wanted) continue;
      const h5::Handle object = h5::check(H5Oopen(file_, ("/" + item.path).c_str(), H5P_DEFAULT), H5Oclose, what);
      if (!item.group) read_dataset(object, item.path);
      Values values = h5::read_attributes(object, item.path, budget_);
      if (!values.empty()) record_.attributes[item.path] = std::move(values);
    }
    return std::move(record_);
  }

 private:
  void read_dataset(hid_t dataset, const std::string& path) {
    const std::string what = "'/" + path + "'";
    const h5::Handle type = h5::check(H5Dget_type(dataset), H5Tclose, what);
    switch (H5Tget_class(type)) {
      case H5T_COMPOUND:
        record_.tables[path] = h5::read_table(dataset, path, budget_);
        return;
      case H5T_STRING:
        record_.texts[path] = read_text(dataset, type, what);
        return;
      default:
        record_.arrays[path] = read_array(dataset, type, what);
    }
  }

  Array read_array(hid_t dataset, hid_t stored, const std::string& what) {
    const std::optional<Type> type = type_of(stored);
    if (!type) throw DataError(what + ": holds values of a type that no record has");
    const h5::Handle space = h5::check(H5Dget_space(dataset), H5Sclose, what);
    const std::vector<hsize_t> shape = h5::shape_of(space, what);
    Array array;
    array.type = *type;
    for (const hsize_t extent : shape) array.shape.push_back(static_cast<std::int64_t>(extent));
    const std::uint64_t bytes = h5::byte_count(shape, size_of(*type), what);
    budget_.take(bytes, what);
    array.data.resize(bytes);
    if (bytes > 0)
      h5::check(H5Dread(dataset, h5::memory_type(*type), H5S_ALL, H5S_ALL, H5P_DEFAULT, array.data.data()), what);
    if (*type == Type::boolean)
      for (std::byte& value : array.data) value = value == std::byte{0} ? std::byte{0} : std::byte{1};
    return array;
  }

  std::string read_text(hid_t dataset, hid_t stored, const std::string& what) {
    const h5::Handle space = h5::check(H5Dget_space(dataset), H5Sclose, what);
    if (H5Sget_simple_extent_type(space) == H5S_NULL) return "";
    if (H5Sget_simple_extent_npoints(space) != 1)
      throw DataError(what + ": is a list of texts; only single texts are allowed");
    if (H5Tis_variable_str(stored) > 0) {
      char* pointer = nullptr;
      const h5::Handle transfer = h5::counted_transfer(budget_);
      h5::check(H5Dread(dataset, stored, H5S_ALL, H5S_ALL, transfer, &pointer), what);
      const std::string text = pointer ? pointer : "";
      H5Dvlen_reclaim(stored, space, transfer, &pointer);
      return text;
    }
    const std::size_t size = H5Tget_size(stored);
    budget_.take(size, what);
    std::string text(size, '\0');
    h5::check(H5Dread(dataset, stored, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()), what);
    text.resize(strnlen(text.data(), size));
    if (H5Tget_strpad(stored) == H5T_STR_SPACEPAD) text.erase(text.find_last_not_of(' ') + 1);
    return text;
  }

  hid_t file_;
  const ReadOptions& options_;
  h5::Budget budget_;
  Record record_;
};

}  // namespace

Record read_record(const fs::path& file, const ReadOptions& options) {
  h5::begin();
  std::error_code error;
  if (!fs::is_regular_file(file, error))
    throw DataError(file.string() + (fs::exists(file, error) ? ": is not a file" : ": does not exist"));
  try {
    const h5::Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_file_locking(access, true, true);
    const h5::Handle opened(H5Fopen(file.c_str(), H5F_ACC_RDONLY, access), H5Fclose);
    if (opened < 0) {
      const std::string why = h5::reason();
      throw DataError(H5Fis_hdf5(file.c_str()) > 0 ? "is damaged or cut off: " + why : "is not an HDF5 file");
    }
    return FileReader(opened, options).read();
  } catch (const std::exception& fault) {
    throw DataError(file.string() + ": " + fault.what());
  }
}

}  // namespace autodidact
