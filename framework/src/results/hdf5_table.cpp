// Tables: one compound dataset, text columns of fixed width in UTF-8, so that h5py hands them to pandas as they are.
#include <algorithm>
#include <cstring>

#include "autodidact/plugin/error.hpp"
#include "results/hdf5.hpp"

namespace autodidact::h5 {
namespace {

Handle fixed_text_type(std::size_t width) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, width);
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

struct Field {
  std::size_t offset, width;
  Handle type;
};

Field field_of(const Column& column, std::size_t offset, const std::string& what) {
  if (std::holds_alternative<std::vector<double>>(column)) return {offset, 8, file_type(Type::f64)};
  if (std::holds_alternative<std::vector<std::int64_t>>(column)) return {offset, 8, file_type(Type::i64)};
  std::size_t width = 1;
  for (const std::string& text : std::get<std::vector<std::string>>(column)) {
    if (text.find('\0') != std::string::npos) throw DataError(what + ": text with a zero byte cannot be stored");
    width = std::max(width, text.size());
  }
  return {offset, width, fixed_text_type(width)};
}

void fill(std::vector<char>& rows, std::size_t stride, const Field& field, const Column& column) {
  std::visit(
      [&](const auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        for (std::size_t i = 0; i < values.size(); ++i) {
          char* cell = rows.data() + i * stride + field.offset;
          if constexpr (std::is_same_v<T, std::string>)
            std::memcpy(cell, values[i].data(), values[i].size());
          else
            std::memcpy(cell, &values[i], sizeof(T));
        }
      },
      column);
}

void check_shape(const Table& table, const std::string& what) {
  if (table.names.empty() || table.names.size() != table.columns.size())
    throw DataError(what + ": a table needs columns, each with a name");
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const std::size_t rows = std::visit([](const auto& c) { return c.size(); }, table.columns[i]);
    if (rows != table.rows())
      throw DataError(what + ": column '" + table.names[i] + "' has " + std::to_string(rows) + " rows, the first has " +
                      std::to_string(table.rows()));
    if (std::count(table.names.begin(), table.names.end(), table.names[i]) > 1)
      throw DataError(what + ": two columns are named '" + table.names[i] + "'");
  }
}

// ---- reading ----

// A member of the stored compound and how it stands in memory.
struct Member {
  std::string name;
  enum Kind { real, integer, boolean, fixed, variable } kind;
  std::size_t offset = 0;
  Handle type;          // in memory
  bool padded = false;  // with spaces
};

Member member_of(hid_t compound, unsigned index, const std::string& what) {
  Member member;
  char* name = H5Tget_member_name(compound, index);
  if (!name) throw DataError(what + ": " + reason());
  member.name = name;
  H5free_memory(name);
  const std::string place = what + ", column '" + member.name + "'";
  const Handle stored = check(H5Tget_member_type(compound, index), H5Tclose, place);
  const H5T_class_t kind = H5Tget_class(stored);
  if (kind == H5T_FLOAT) {
    member.kind = Member::real;
    member.type = memory_type(Type::f64);
  } else if (is_integer(stored)) {
    member.kind = Member::integer;
    member.type = memory_type(Type::i64);
  } else if (is_boolean(stored)) {
    member.kind = Member::boolean;
    member.type = memory_type(Type::boolean);
  } else if (kind == H5T_STRING) {
    member.kind = H5Tis_variable_str(stored) > 0 ? Member::variable : Member::fixed;
    member.padded = H5Tget_strpad(stored) == H5T_STR_SPACEPAD;
    member.type = Handle(H5Tcopy(stored), H5Tclose);
  } else {
    throw DataError(place + ": is neither number, truth value nor text");
  }
  return member;
}

std::string cell_text(const Member& member, const char* cell) {
  std::string text;
  if (member.kind == Member::variable) {
    const char* pointer = nullptr;
    std::memcpy(&pointer, cell, sizeof pointer);
    text = pointer ? pointer : "";
  } else {
    text.assign(cell, strnlen(cell, H5Tget_size(member.type)));
  }
  if (member.padded) text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

Column column_of(const Member& member, const std::vector<char>& rows, std::size_t stride, std::size_t count) {
  const auto each = [&](auto get) {
    std::vector<decltype(get(rows.data()))> values;
    values.reserve(count);
    for (std::size_t i = 0; i < count; ++i) values.push_back(get(rows.data() + i * stride + member.offset));
    return values;
  };
  switch (member.kind) {
    case Member::real:
      return each([](const char* cell) {
        double v;
        std::memcpy(&v, cell, 8);
        return v;
      });
    case Member::integer:
      return each([](const char* cell) {
        std::int64_t v;
        std::memcpy(&v, cell, 8);
        return v;
      });
    case Member::boolean:
      return each([](const char* cell) { return std::int64_t{*cell != 0}; });
    default:
      return each([&](const char* cell) { return cell_text(member, cell); });
  }
}

// Gives back what HDF5 allocated for text of variable length.
struct Reclaim {
  hid_t type, space, transfer;
  void* rows;
  ~Reclaim() { H5Dvlen_reclaim(type, space, transfer, rows); }
};

}  // namespace

void write_table(hid_t file, hid_t links, const std::string& path, const Table& table, int deflate) {
  const std::string what = "table '" + path + "'";
  check_shape(table, what);
  std::vector<Field> fields;
  std::size_t stride = 0;
  for (const Column& column : table.columns) {
    fields.push_back(field_of(column, stride, what));
    stride += fields.back().width;
  }
  const Handle type = check(H5Tcreate(H5T_COMPOUND, stride), H5Tclose, what);
  for (std::size_t i = 0; i < fields.size(); ++i)
    check(H5Tinsert(type, table.names[i].c_str(), fields[i].offset, fields[i].type), what);

  const hsize_t count = table.rows();
  std::vector<char> rows(std::max<std::size_t>(1, count * stride), 0);
  for (std::size_t i = 0; i < fields.size(); ++i) fill(rows, stride, fields[i], table.columns[i]);

  const Handle space = check(H5Screate_simple(1, &count, nullptr), H5Sclose, what);
  const Handle layout(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(layout, false);
  if (deflate > 0 && count * stride >= 4096) {
    const hsize_t chunk = std::clamp<hsize_t>((128 << 10) / stride, 1, count);
    H5Pset_chunk(layout, 1, &chunk);
    H5Pset_shuffle(layout);
    H5Pset_deflate(layout, static_cast<unsigned>(deflate));
  }
  Handle dataset = check(H5Dcreate2(file, path.c_str(), type, space, links, layout, H5P_DEFAULT), H5Dclose, what);
  check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows.data()), what);
  check(dataset.close(), what);
}

Table read_table(hid_t dataset, const std::string& path, Budget& budget) {
  const std::string what = "table '" + path + "'";
  const Handle stored = check(H5Dget_type(dataset), H5Tclose, what);
  const Handle space = check(H5Dget_space(dataset), H5Sclose, what);
  const std::vector<hsize_t> shape = shape_of(space, what);
  if (shape.size() > 1) throw DataError(what + ": has " + std::to_string(shape.size()) + " dimensions instead of 1");
  const std::size_t count = shape.empty() ? 1 : shape[0];

  std::vector<Member> members;
  std::size_t stride = 0;
  const int columns = H5Tget_nmembers(stored);
  for (int i = 0; i < columns; ++i) {
    members.push_back(member_of(stored, static_cast<unsigned>(i), what));
    members.back().offset = stride;
    stride += H5Tget_size(members.back().type);
  }
  const Handle type = check(H5Tcreate(H5T_COMPOUND, std::max<std::size_t>(1, stride)), H5Tclose, what);
  for (const Member& member : members) check(H5Tinsert(type, member.name.c_str(), member.offset, member.type), what);

  // Twice: the rows as they come, and the columns made of them.
  budget.take(2 * byte_count({count}, stride, what), what);
  std::vector<char> rows(count * stride, 0);
  const Handle transfer = counted_transfer(budget);
  Table table;
  if (count > 0) check(H5Dread(dataset, type, H5S_ALL, H5S_ALL, transfer, rows.data()), what);
  const Reclaim reclaim{type, space, transfer, rows.data()};
  for (const Member& member : members) {
    table.names.push_back(member.name);
    table.columns.push_back(column_of(member, rows, stride, count));
  }
  return table;
}

}  // namespace autodidact::h5
