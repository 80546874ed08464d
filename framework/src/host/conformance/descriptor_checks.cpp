// What a plugin says of itself, before anything of it is created.
#include <algorithm>
#include <cmath>
#include <set>

#include "autodidact/plugin/abi.hpp"
#include "host/catalog/elf.hpp"
#include "host/catalog/info_json.hpp"
#include "host/catalog/library.hpp"
#include "host/conformance/parts.hpp"
#include "host/conformance/surroundings.hpp"
#include "host/open.hpp"

namespace autodidact {

namespace {

bool is_version(const std::string& text) {
  int dots = 0;
  bool digit = false;  // since the last dot
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      digit = true;
    } else if (c == '.' && digit) {
      ++dots;
      digit = false;
    } else {
      return false;
    }
  }
  return dots == 2 && digit;
}

std::string text_fault(const std::string& what, const std::string& text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return what + " holds a line break or another control sign";
  if (!text.empty() && (text.front() == ' ' || text.back() == ' ')) return what + " begins or ends with a blank";
  return "";
}

Outcome texts(const PluginInfo& info) {
  std::string fault = text_fault("summary", info.summary);
  if (fault.empty()) fault = text_fault("paper", info.paper);
  for (const ParamInfo& p : info.params) {
    if (fault.empty()) fault = text_fault("the doc of '" + p.name + "'", p.doc);
    if (fault.empty()) fault = text_fault("the unit of '" + p.name + "'", p.unit);
  }
  return judged(fault, "'" + info.summary + "'");
}

Outcome paper(const std::string& text) {
  if (text.empty()) return pass("\"\"");
  std::size_t digits = 0;
  bool year = false;
  for (const char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    year = year || digits == 4;
  }
  return year || text.find("://") != std::string::npos ? pass("a citation")
                                                       : fail("'" + text + "', without a year and an address");
}

Outcome capabilities(const PluginInfo& info) {
  const std::set<std::string> of_kind[] = {{"gradient", "stochastic_encode"},
                                           {"gradient", "target_tokenizer", "per_position", "self_supervised"},
                                           {"gradient", "conditional"}};
  const auto& known = of_kind[static_cast<std::size_t>(info.kind)];
  std::set<std::string> seen;
  std::string all;
  for (const std::string& word : info.capabilities) {
    if (!known.count(word)) return fail("'" + word + "', which no " + kind_name(info.kind) + " has");
    if (!seen.insert(word).second) return fail("'" + word + "' twice");
    all += (all.empty() ? "" : ", ") + word;
  }
  return pass(all.empty() ? "none" : all);
}

Outcome ranges(const PluginInfo& info) {
  for (const ParamInfo& p : info.params) {
    const std::string what = "parameter '" + p.name + "': ";
    const bool whole = p.type == ParamType::integer || p.type == ParamType::integers;
    for (const double end : {p.min, p.max})
      if (whole && std::isfinite(end) && end != std::floor(end))
        return fail(what + "an end at " + number_text(end) + " for whole numbers");
    const bool numbers = whole || p.type == ParamType::real || p.type == ParamType::reals;
    if (!numbers && (std::isfinite(p.min) || std::isfinite(p.max))) return fail(what + "a range, and it is no number");
    if (p.type != ParamType::choice && !p.choices.empty()) return fail(what + "choices, and it is none");
    if (std::set<std::string>(p.choices.begin(), p.choices.end()).size() != p.choices.size())
      return fail(what + "a choice twice");
  }
  return pass(counted(info.params.size(), "parameter"));
}

Outcome weight(const PluginInfo& info) {
  const std::string found = number_text(info.default_weight);
  const bool right = info.kind == Kind::objective ? info.default_weight >= 0 : info.default_weight == 0;
  return right ? pass(found) : fail(found);
}

Outcome symbols(const PluginInfo& info) {
  std::vector<std::string> names = exported_symbols(info.file);
  if (std::erase(names, kSymbol) == 0) return skip("the file has no table of sections");
  if (names.empty()) return pass(kSymbol);
  // The shortest are most likely to be known to the author: those of templates and of C++ types are long.
  std::stable_sort(names.begin(), names.end(),
                   [](const std::string& a, const std::string& b) { return a.size() < b.size(); });
  std::string text = "also " + names.front();
  if (names.size() > 1) text += " and " + std::to_string(names.size() - 1) + " more";
  return fail(text + "; link with the version script plugin.map");
}

// The first time in a process this is where the library is opened.
Outcome load(const PluginInfo& info) {
  const Surroundings before = look_around();
  golden_of(info);  // refuses a file that changed, and one that draws random numbers meanwhile
  const Surroundings after = look_around();
  std::string fault = threads_difference(before, after);
  if (fault.empty()) fault = files_difference(before, after);
  if (fault.empty()) fault = settings_difference(before, after);
  return judged(fault);
}

Outcome as_listed(const PluginInfo& info) {
  const PluginInfo now = describe(open_library(info.file));
  return to_json_value(now) == to_json_value(info) ? pass(info.name + " " + info.version)
                                                   : fail("another descriptor than that in the catalog");
}

}  // namespace

void add_descriptor_checks(Suite& suite, const PluginInfo& info, const std::function<Outcome()>& parameters) {
  suite.add("version", "three numbers as in 1.0.0, changed whenever results change",
            [&] { return is_version(info.version) ? pass(info.version) : fail("'" + info.version + "'"); });
  suite.add("texts", "summary, paper, docs and units of one line each", [&] { return texts(info); });
  suite.add("paper", "a citation with its year and address, or \"\"", [&] { return paper(info.paper); });
  suite.add("capabilities", "words that a " + kind_name(info.kind) + " can have, each once",
            [&] { return capabilities(info); });
  suite.add("parameter ranges", "ranges for numbers, choices for choices", [&] { return ranges(info); });
  suite.add("default weight",
            info.kind == Kind::objective ? "a number of at least 0" : "0: only objectives have a weight",
            [&] { return weight(info); });
  suite.add("symbols", std::string(kSymbol) + " alone is offered to others", [&] { return symbols(info); });
  suite.add_gate("parameters", "values inside their own types and ranges, without unknown names",
                 "there are no valid parameters to create the plugin with", parameters);
  suite.add_gate("load", "nothing runs: random numbers, threads, files and settings as before",
                 "the plugin could not be loaded", [&] { return load(info); });
  suite.add_gate("descriptor", "what the catalog says", "the plugin is another than was listed",
                 [&] { return as_listed(info); });
}

}  // namespace autodidact
