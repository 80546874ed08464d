// A Record: named arrays, tables, texts and attributes, as plain buffers. The content of one HDF5 file, be it a
// finished run, a stage's output or a golden file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "config/value.hpp"

namespace autodidact {

enum class Type : std::uint8_t { f32, f64, i64, i32, i16, u8, boolean };
std::size_t size_of(Type type);

struct Array {
  Type type = Type::f32;
  std::vector<std::int64_t> shape;  // row-major; empty = scalar
  std::vector<std::byte> data;
  std::int64_t count() const;
};

using Column = std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::string>>;

// Columns in order; stored as one HDF5 compound dataset, so that h5py + pandas read it in a line.
struct Table {
  std::vector<std::string> names;
  std::vector<Column> columns;
  std::size_t rows() const;
  const Column* find(const std::string& name) const;
};

struct Record {
  std::map<std::string, Array> arrays;       // "weights/tokenizer/encoder.0.weight"
  std::map<std::string, Table> tables;       // "history/tokenizer"
  std::map<std::string, std::string> texts;  // "config/toml"
  std::map<std::string, Values> attributes;  // of a group or dataset; "" is the root

  Array& array(const std::string& path);  // throws if absent, naming the path
  const Array& array(const std::string& path) const;
  bool has(const std::string& path) const { return arrays.count(path) != 0; }
  // Moves everything of `part` in, path by path; a path that exists already is an error.
  void merge(Record part);
};

// sha256 (hex) over paths, types, shapes and bytes of everything under the prefixes ("history/" skips columns whose
// name is "seconds"), and over attributes of these groups. Independent of how a file lays it out.
std::string content_digest(const Record& record, const std::vector<std::string>& prefixes);

}  // namespace autodidact
