// Digest of what a record says, whatever file it stands in.
#include "results/record.hpp"
#include "results/sha256.hpp"

namespace autodidact {
namespace {

bool under(const std::string& path, const std::string& prefix) {
  return path.starts_with(prefix) || path + "/" == prefix;
}

void add_number(Sha256& digest, std::uint64_t number) {
  unsigned char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<unsigned char>(number >> (8 * i));
  digest.add(bytes, sizeof bytes);
}

void add_array(Sha256& digest, const std::string& path, const Array& array) {
  digest.add("array");
  digest.add(path);
  add_number(digest, static_cast<std::uint64_t>(array.type));
  add_number(digest, array.shape.size());
  for (const std::int64_t extent : array.shape) add_number(digest, static_cast<std::uint64_t>(extent));
  digest.add(std::string_view(reinterpret_cast<const char*>(array.data.data()), array.data.size()));
}

void add_column(Sha256& digest, const Column& column) {
  add_number(digest, column.index());
  if (const auto* words = std::get_if<std::vector<std::string>>(&column)) {
    add_number(digest, words->size());
    for (const std::string& word : *words) digest.add(word);
    return;
  }
  std::visit(
      [&](const auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        if constexpr (!std::is_same_v<T, std::string>)
          digest.add(std::string_view(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)));
      },
      column);
}

void add_table(Sha256& digest, const std::string& path, const Table& table) {
  digest.add("table");
  digest.add(path);
  for (std::size_t i = 0; i < table.names.size(); ++i) {
    if (table.names[i] == "seconds" && path.starts_with("history/")) continue;
    digest.add(table.names[i]);
    add_column(digest, table.columns[i]);
  }
}

void add_attributes(Sha256& digest, const std::string& path, const Values& values) {
  digest.add("attributes");
  digest.add(path);
  for (const auto& [name, value] : values) {
    digest.add(name);
    digest.add(to_toml(value));
  }
}

}  // namespace

std::string content_digest(const Record& record, const std::vector<std::string>& prefixes) {
  Sha256 digest;
  for (const std::string& prefix : prefixes) {
    for (const auto& [path, array] : record.arrays)
      if (under(path, prefix)) add_array(digest, path, array);
    for (const auto& [path, table] : record.tables)
      if (under(path, prefix)) add_table(digest, path, table);
    for (const auto& [path, text] : record.texts)
      if (under(path, prefix)) {
        digest.add("text");
        digest.add(path);
        digest.add(text);
      }
    for (const auto& [path, values] : record.attributes)
      if (under(path, prefix)) add_attributes(digest, path, values);
  }
  return digest.hex();
}

}  // namespace autodidact
