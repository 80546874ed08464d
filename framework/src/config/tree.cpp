#include "config/tree.hpp"

#include <toml++/toml.h>

#include <fstream>
#include <sstream>

#include "config/run.hpp"
#include "config/value.hpp"

namespace autodidact {
namespace {

Node convert(const toml::node& from, const Where& place) {
  Node node;
  node.where = place;
  if (place.line > 0 && from.source().begin.line > 0) node.where.line = static_cast<int>(from.source().begin.line);
  if (const auto* table = from.as_table()) {
    Node::Table entries;
    for (const auto& [key, value] : *table) {
      entries.push_back({std::string(key.str()), convert(value, node.where)});
      // A table opened by its header has its line; a plain value that of its key.
      Node& entry = entries.back().node;
      if (place.line > 0 && key.source().begin.line > 0 && !entry.table())
        entry.where.line = static_cast<int>(key.source().begin.line);
    }
    node.value = std::move(entries);
  } else if (const auto* list = from.as_array()) {
    Node::List entries;
    for (const auto& value : *list) entries.push_back(convert(value, node.where));
    node.value = std::move(entries);
  } else if (const auto* flag = from.as_boolean()) {
    node.value = flag->get();
  } else if (const auto* integer = from.as_integer()) {
    node.value = std::int64_t{integer->get()};
  } else if (const auto* real = from.as_floating_point()) {
    node.value = real->get();
  } else if (const auto* text = from.as_string()) {
    node.value = text->get();
  }
  return node;
}

}  // namespace

const Node* Node::find(const std::string& key) const {
  if (const Table* entries = table())
    for (const auto& [name, node] : *entries)
      if (name == key) return &node;
  return nullptr;
}

std::string Node::describe() const {
  if (const auto* v = std::get_if<bool>(&value)) return *v ? "true" : "false";
  if (const auto* v = std::get_if<std::int64_t>(&value)) return "integer " + std::to_string(*v);
  if (const auto* v = std::get_if<double>(&value)) return "real " + to_toml(Value(*v));
  if (const auto* v = text()) return "text '" + *v + "'";
  if (list()) return "a list";
  return table() ? "a table" : "a date or time";
}

Node parse_toml_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream content;
  content << stream.rdbuf();
  if (!stream) throw ConfigErrors({file.string() + ": cannot be read"});
  try {
    return convert(toml::parse(content.str()), {file.string(), 1});
  } catch (const toml::parse_error& error) {
    throw ConfigErrors({file.string() + ":" + std::to_string(error.source().begin.line) + ":" +
                        std::to_string(error.source().begin.column) + ": " + std::string(error.description())});
  }
}

std::optional<Node> parse_toml_value(const std::string& text, const Where& where) {
  try {
    const toml::table table = toml::parse("value = " + text + "\n");
    const toml::node* node = table.get("value");
    if (!node || table.size() != 1) return std::nullopt;
    return convert(*node, {where.file, 0});
  } catch (const toml::parse_error&) {
    return std::nullopt;
  }
}

}  // namespace autodidact
