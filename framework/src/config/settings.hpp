// Settings as they are written, by key, before any is judged: "train.prior.lr", "tokenizer.K", "augmentation".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/faults.hpp"
#include "config/plugin_info.hpp"
#include "config/tree.hpp"

namespace autodidact {

using Settings = std::map<std::string, Node>;

// The entries of a table by full key. "data.split" = ... and data.split = ... are the same; a list stays a value.
Settings flattened(const Node& table, const std::string& prefix = "");

// Later settings over earlier ones. Of train.X.epochs and train.X.steps the later one drops the other.
void overlay(Settings& base, const Settings& over);
// A fault for a table that gives both lengths of one stage.
void check_lengths(const Settings& settings, Faults& faults);

// A key of a plugin's parameter: "tokenizer.K", "tokenizer.vqvae.K".
struct PluginKey {
  Kind kind;
  std::string rest;  // "K", "vqvae.K"
};
std::optional<PluginKey> plugin_key(const std::string& key);

// Reads the keys of one table and reports those nobody asked for.
class TableReader {
 public:
  TableReader(const Node& table, std::string name, Faults& faults);
  const Node* take(const std::string& key);  // null if absent
  const Node* require(const std::string& key, const std::string& expected);
  std::string text(const std::string& key, const std::string& fallback);
  // An entry that must be a table; null if absent or not one.
  const Node* take_table(const std::string& key);
  void finish();
  std::string key(const std::string& name) const { return name_.empty() ? name : name_ + "." + name; }

 private:
  const Node& table_;
  std::string name_;
  Faults& faults_;
  std::vector<std::string> known_;
};

}  // namespace autodidact
