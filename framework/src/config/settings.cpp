#include "config/settings.hpp"

#include <algorithm>

#include "config/suggest.hpp"

namespace autodidact {

Settings flattened(const Node& table, const std::string& prefix) {
  Settings settings;
  for (const auto& [name, node] : *table.table()) {
    const std::string key = prefix + name;
    if (node.table())
      settings.merge(flattened(node, key + "."));
    else
      settings.emplace(key, node);
  }
  return settings;
}

namespace {

constexpr const char* kLengths[][2] = {{"train.tokenizer.epochs", "train.tokenizer.steps"},
                                       {"train.prior.epochs", "train.prior.steps"}};

}  // namespace

void overlay(Settings& base, const Settings& over) {
  for (const auto& [key, node] : over) {
    for (const auto& [epochs, steps] : kLengths) {
      if (key == epochs) base.erase(steps);
      if (key == steps) base.erase(epochs);
    }
    base.insert_or_assign(key, node);
  }
}

void check_lengths(const Settings& settings, Faults& faults) {
  for (const auto& [epochs, steps] : kLengths)
    if (settings.count(epochs) && settings.count(steps))
      faults.add(settings.at(steps).where, steps, std::string("given together with ") + epochs + "; keep one of them");
}

std::optional<PluginKey> plugin_key(const std::string& key) {
  for (const Kind kind : {Kind::tokenizer, Kind::objective, Kind::prior}) {
    const std::string prefix = kind_name(kind) + ".";
    if (key.starts_with(prefix)) return PluginKey{kind, key.substr(prefix.size())};
  }
  return std::nullopt;
}

TableReader::TableReader(const Node& table, std::string name, Faults& faults)
    : table_(table), name_(std::move(name)), faults_(faults) {}

const Node* TableReader::take(const std::string& name) {
  known_.push_back(name);
  return table_.find(name);
}

const Node* TableReader::require(const std::string& name, const std::string& expected) {
  const Node* node = take(name);
  if (!node) faults_.add(table_.where, key(name), "not given, expected " + expected);
  return node;
}

std::string TableReader::text(const std::string& name, const std::string& fallback) {
  const Node* node = take(name);
  if (!node) return fallback;
  if (node->text()) return *node->text();
  faults_.add(node->where, key(name), "found " + node->describe() + ", expected text in quotes");
  return fallback;
}

const Node* TableReader::take_table(const std::string& name) {
  const Node* node = take(name);
  if (!node || node->table()) return node;
  faults_.add(node->where, key(name), "found " + node->describe() + ", expected a table");
  return nullptr;
}

void TableReader::finish() {
  for (const auto& [name, node] : *table_.table()) {
    if (std::count(known_.begin(), known_.end(), name)) continue;
    std::string text = "unknown key; ";
    const std::string near = did_you_mean(name, known_);
    if (!near.empty()) {
      text += near;
    } else {
      text += "there are";
      for (const std::string& known : known_) text += (known == known_.front() ? " " : ", ") + known;
    }
    faults_.add(node.where, key(name), text);
  }
}

}  // namespace autodidact
