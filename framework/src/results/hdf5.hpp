// HDF5's C API with owners for its handles and exceptions for its codes. Included by the files of this folder only.
#pragma once

#define H5_USE_110_API
#include <hdf5.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "results/record.hpp"

namespace autodidact::h5 {

// Owns an identifier and closes it. Closing may fail where data are still to be written: close() tells, the
// destructor does not.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Handle() = default;
  Handle(hid_t id, Close closer) : id_(id), close_(closer) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  operator hid_t() const { return id_; }
  herr_t close() { return id_ >= 0 ? close_(std::exchange(id_, -1)) : 0; }

 private:
  hid_t id_ = -1;
  Close close_ = nullptr;
};

// No printing to stderr, no filters from shared libraries named by the environment. Per thread, before any other call.
void begin();

// The innermost entry of HDF5's error stack, with the operating system's words where there are any ("No space left on
// device").
std::string reason();

// Throws DataError "<what>: <reason>" for a negative code.
hid_t check(hid_t code, const std::string& what);
Handle check(hid_t id, Handle::Close close, const std::string& what);

Handle file_type(Type type);  // little-endian, as stored; booleans as h5py writes them
Handle memory_type(Type type);
Handle text_type();           // variable length, UTF-8
bool is_boolean(hid_t type);  // an enumeration of FALSE and TRUE in one byte
bool is_integer(hid_t type);  // one whose every value fits into 64 bits with sign

// Bytes of the elements of a dataspace; throws DataError where the product does not fit.
std::uint64_t byte_count(const std::vector<hsize_t>& shape, std::uint64_t size, const std::string& what);
std::vector<hsize_t> shape_of(hid_t space, const std::string& what);

// Counts what will be read against a limit, before memory is taken.
class Budget {
 public:
  explicit Budget(std::uint64_t bytes) : left_(bytes), all_(bytes) {}
  void take(std::uint64_t bytes, const std::string& what);
  bool try_take(std::uint64_t bytes);
  std::uint64_t all() const { return all_; }

 private:
  std::uint64_t left_, all_;
};
// A transfer list whose variable-length text is allocated out of the budget.
Handle counted_transfer(Budget& budget);

void write_attributes(hid_t object, const Values& values, const std::string& path);
Values read_attributes(hid_t object, const std::string& path, Budget& budget);

void write_table(hid_t file, hid_t links, const std::string& path, const Table& table, int deflate);
Table read_table(hid_t dataset, const std::string& path, Budget& budget);

// What stands in a file, in order of names. Throws DataError for anything a record may not have.
struct Item {
  std::string path;  // "" is the root
  bool group = false;
};
std::vector<Item> inspect(hid_t file, Budget limit);
// The rules for one dataset: how it is stored, by which filters, how large. `what` names it.
void inspect_dataset(hid_t dataset, const Budget& limit, const std::string& what);

}  // namespace autodidact::h5
