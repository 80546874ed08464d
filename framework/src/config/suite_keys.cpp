// The entries of [suite], one by one: also what the command line may replace.
#include <algorithm>
#include <functional>
#include <set>

#include "config/param.hpp"
#include "config/suite_file.hpp"

namespace autodidact {
namespace {

// Names: a list of texts, one text, or (from the command line) several with commas.
std::vector<NamedText> read_names(const Node& node, const std::string& key, Faults& faults) {
  std::vector<NamedText> names;
  const auto add = [&](const std::string& name, const Where& where) {
    const bool twin = std::any_of(names.begin(), names.end(), [&](const NamedText& n) { return n.text == name; });
    if (name.empty())
      faults.add(where, key, "found an empty name");
    else if (twin)
      faults.add(where, key, "'" + name + "' stands twice");
    else
      names.push_back({name, where});
  };
  if (const std::string* text = node.text()) {
    std::size_t first = 0;
    for (std::size_t comma = text->find(','); comma != std::string::npos; comma = text->find(',', first)) {
      add(text->substr(first, comma - first), node.where);
      first = comma + 1;
    }
    add(text->substr(first), node.where);
    return names;
  }
  const Node::List* list = node.list();
  if (!list || list->empty()) {
    faults.add(node.where, key, "found " + (list ? "an empty list" : node.describe()) + ", expected a list of names");
    return names;
  }
  for (const Node& entry : *list) {
    if (entry.text())
      add(*entry.text(), entry.where);
    else
      faults.add(entry.where, key, "found " + entry.describe() + ", expected a name in quotes");
  }
  return names;
}

template <class T>
void read_value(T& into, const ParamInfo& info, const Node& node, Faults& faults) {
  if (const auto value = to_value(node, info, info.name, faults)) into = std::get<T>(*value);
}

std::vector<std::int64_t> read_seeds(const Node& node, Faults& faults) {
  const ParamInfo info = ranged(param(ParamType::integers, "seeds", "", ""), 0, 9007199254740992.0);
  std::vector<std::int64_t> seeds;
  read_value(seeds, info, node, faults);
  const std::set<std::int64_t> unique(seeds.begin(), seeds.end());
  if (unique.size() != seeds.size()) faults.add(node.where, "seeds", "a seed stands twice");
  return seeds;
}

ParamInfo count(const std::string& name, double most) {
  return ranged(param(ParamType::integer, name, "", ""), 1, most);
}

void read_text(NamedText& into, const std::string& key, const Node& node, Faults& faults) {
  if (node.text() && !node.text()->empty())
    into = {*node.text(), node.where};
  else
    faults.add(node.where, key, "found " + node.describe() + ", expected text in quotes");
}

using Reader = std::function<void(SuiteFile&, const Node&, Faults&)>;

const std::vector<std::pair<std::string, Reader>>& readers() {
  static const std::vector<std::pair<std::string, Reader>> all = {
      {"name", [](SuiteFile& s, const Node& n, Faults& f) { read_text(s.name, "name", n, f); }},
      {"version", [](SuiteFile& s, const Node& n, Faults& f) { read_value(s.version, count("version", 1e9), n, f); }},
      {"profile", [](SuiteFile& s, const Node& n, Faults& f) { read_text(s.profile, "profile", n, f); }},
      {"datasets", [](SuiteFile& s, const Node& n, Faults& f) { s.datasets = read_names(n, "datasets", f); }},
      {"seeds", [](SuiteFile& s, const Node& n, Faults& f) { s.seeds = read_seeds(n, f); }},
      {"threads", [](SuiteFile& s, const Node& n, Faults& f) { read_value(s.threads, count("threads", 1024), n, f); }},
      {"precision",
       [](SuiteFile& s, const Node& n, Faults& f) {
         read_value(s.precision, choice("precision", {"fp32", "bf16", "auto"}, ""), n, f);
       }},
      {"device",
       [](SuiteFile& s, const Node& n, Faults& f) { read_value(s.device, choice("device", {"cpu"}, ""), n, f); }},
      {"data",
       [](SuiteFile& s, const Node& n, Faults& f) {
         s.data_roots.clear();
         for (const NamedText& root : read_names(n, "data", f)) s.data_roots.push_back(root.text);
       }},
      {"budget",
       [](SuiteFile& s, const Node& n, Faults& f) {
         s.budget = s.resolved && n.text() ? BudgetText{*n.text(), {}, n.where} : read_budget(n, f);
       }},
  };
  return all;
}

}  // namespace

std::vector<std::string> suite_keys() {
  std::vector<std::string> names;
  for (const auto& entry : readers()) names.push_back(entry.first);
  return names;
}

bool read_suite_key(SuiteFile& suite, const std::string& key, const Node& node, Faults& faults) {
  for (const auto& [name, reader] : readers())
    if (name == key) {
      reader(suite, node, faults);
      return true;
    }
  return false;
}

}  // namespace autodidact
