#include "config/cards.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <system_error>

#include "autodidact/plugin/error.hpp"
#include "config/suggest.hpp"

namespace autodidact {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& file, const toml::source_region& where, const std::string& what) {
  throw ConfigError(file.string() + ":" + std::to_string(where.begin.line) + ": " + what);
}

void read_count(const fs::path& file, const toml::table& table, const char* key, std::int64_t least, bool required,
                std::int64_t& out) {
  const toml::node* node = table.get(key);
  if (!node) {
    if (required) throw ConfigError(file.string() + ": " + key + ": not given; expected a whole number");
    return;
  }
  const auto* number = node->as_integer();
  if (!number || number->get() < least)
    fail(file, node->source(), std::string(key) + ": expected a whole number, at least " + std::to_string(least));
  out = number->get();
}

void read_text(const fs::path& file, const toml::table& table, const char* key, bool required, std::string& out) {
  const toml::node* node = table.get(key);
  if (!node) {
    if (required) throw ConfigError(file.string() + ": " + key + ": not given; expected text in quotes");
    return;
  }
  const auto* text = node->as_string();
  if (!text) fail(file, node->source(), std::string(key) + ": expected text in quotes");
  out = text->get();
}

void refuse_unknown(const fs::path& file, const toml::table& table) {
  static const std::vector<std::string> keys = {"name",     "type",    "train",        "test",       "channels",
                                                "length",   "classes", "source",       "url",        "licence",
                                                "citation", "origin",  "sha256_train", "sha256_test"};
  for (const auto& [key, node] : table) {
    const std::string text(key.str());
    if (std::find(keys.begin(), keys.end(), text) != keys.end()) continue;
    std::string all;
    for (const std::string& known : keys) all += (all.empty() ? "" : ", ") + known;
    const std::string near = did_you_mean(text, keys);
    fail(file, node.source(), text + ": unknown key; " + (near.empty() ? "expected one of " + all : near));
  }
}

Card parse_card(const fs::path& file, const std::string& folder) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream content;
  content << stream.rdbuf();
  if (!stream) throw ConfigError(file.string() + ": cannot be read");
  toml::table table;
  try {
    table = toml::parse(content.str());
  } catch (const toml::parse_error& error) {
    fail(file, error.source(), std::string(error.description()));
  }
  refuse_unknown(file, table);
  Card card;
  card.file = file;
  read_text(file, table, "name", true, card.name);
  if (card.name != folder)
    throw ConfigError(file.string() + ": name: found '" + card.name + "', expected the folder's name '" + folder + "'");
  read_text(file, table, "type", false, card.type);
  read_count(file, table, "train", 1, true, card.train);
  read_count(file, table, "test", 1, true, card.test);
  read_count(file, table, "channels", 1, false, card.channels);
  read_count(file, table, "length", 1, true, card.length);
  read_count(file, table, "classes", 0, true, card.classes);
  read_text(file, table, "source", true, card.source);
  read_text(file, table, "url", false, card.url);
  read_text(file, table, "licence", true, card.licence);
  read_text(file, table, "citation", true, card.citation);
  read_text(file, table, "origin", false, card.origin);
  read_text(file, table, "sha256_train", false, card.sha256_train);
  read_text(file, table, "sha256_test", false, card.sha256_test);
  return card;
}

}  // namespace

std::optional<Card> find_card(const std::string& name, const fs::path& home) {
  if (name.empty() || name.find('/') != std::string::npos || name.front() == '.') return std::nullopt;
  const fs::path file = home / name / "card.toml";
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return std::nullopt;
  return parse_card(file, name);
}

std::optional<Card> find_card(const std::string& name, const std::vector<fs::path>& homes) {
  for (const fs::path& home : homes)
    if (auto card = find_card(name, home)) return card;
  return std::nullopt;
}

std::optional<Card> find_card(const std::string& name, const std::vector<fs::path>& homes, const fs::path& data_file) {
  if (auto card = find_card(name, homes)) return card;
  const fs::path file = data_file.parent_path() / "card.toml";
  std::error_code error;
  if (!data_file.has_parent_path() || !fs::is_regular_file(file, error)) return std::nullopt;  // or a generator
  return parse_card(file, name);
}

}  // namespace autodidact
