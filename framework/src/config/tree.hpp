// TOML as plain values that know their line. The rest of this folder sees no TOML library.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace autodidact {

// Where a value was written: a line of a file, or the command line (line 0).
struct Where {
  std::string file;
  int line = 0;
  std::string text() const { return line > 0 ? file + ":" + std::to_string(line) : file; }
};

struct TableEntry;

struct Node {
  using List = std::vector<Node>;
  // Sorted by key. No std::pair: clang would complete it inside Node, where Node is not complete yet.
  using Table = std::vector<TableEntry>;
  // monostate: a date or a time, which no key takes.
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Table> value;
  Where where;

  const Table* table() const { return std::get_if<Table>(&value); }
  const List* list() const { return std::get_if<List>(&value); }
  const std::string* text() const { return std::get_if<std::string>(&value); }
  const Node* find(const std::string& key) const;  // of a table; null if absent
  // What it is, as a user would say it: "integer 3", "text 'abc'", "a table".
  std::string describe() const;
};

struct TableEntry {
  std::string key;
  Node node;
};

// Throws ConfigErrors with file, line and column.
Node parse_toml_file(const std::filesystem::path& file);
// The right side of `key = ...`, or none if it is no TOML value.
std::optional<Node> parse_toml_value(const std::string& text, const Where& where);

}  // namespace autodidact
