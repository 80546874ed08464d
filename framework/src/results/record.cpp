#include "results/record.hpp"

#include <limits>

#include "autodidact/plugin/error.hpp"

namespace autodidact {

std::size_t size_of(Type type) {
  switch (type) {
    case Type::f64:
    case Type::i64:
      return 8;
    case Type::f32:
    case Type::i32:
      return 4;
    case Type::i16:
      return 2;
    case Type::u8:
    case Type::boolean:
      return 1;
  }
  return 1;
}

std::int64_t Array::count() const {
  std::int64_t n = 1;
  for (const std::int64_t extent : shape) n *= extent;
  return n;
}

std::size_t Table::rows() const {
  if (columns.empty()) return 0;
  return std::visit([](const auto& column) { return column.size(); }, columns.front());
}

const Column* Table::find(const std::string& name) const {
  for (std::size_t i = 0; i < names.size() && i < columns.size(); ++i)
    if (names[i] == name) return &columns[i];
  return nullptr;
}

const Array& Record::array(const std::string& path) const {
  const auto found = arrays.find(path);
  if (found == arrays.end()) throw DataError("the record has no array '" + path + "'");
  return found->second;
}

Array& Record::array(const std::string& path) {
  return const_cast<Array&>(static_cast<const Record&>(*this).array(path));
}

namespace {

template <class Map>
void merge_maps(Map& into, Map&& part, const char* kind) {
  into.merge(part);
  if (!part.empty())
    throw DataError(std::string("two parts of one record both hold the ") + kind + " '" + part.begin()->first + "'");
}

}  // namespace

void Record::merge(Record part) {
  merge_maps(arrays, std::move(part.arrays), "array");
  merge_maps(tables, std::move(part.tables), "table");
  merge_maps(texts, std::move(part.texts), "text");
  for (auto& [path, values] : part.attributes)
    merge_maps(attributes[path], std::move(values), ("attribute of '" + path + "' named").c_str());
}

}  // namespace autodidact
