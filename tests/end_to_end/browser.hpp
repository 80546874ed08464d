// A page in a browser: the document after its scripts have run, and what they said.
#pragma once

#include <cstdlib>

#include "end_to_end/program.hpp"

namespace autodidact::testing {

inline std::string browser() {
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"})
    if (std::system(("command -v " + std::string(name) + " >/dev/null 2>&1").c_str()) == 0) return name;
  return "";
}

struct Rendered {
  int code = 0;
  std::string dom, console;
};

inline Rendered render(const Scratch& scratch, const fs::path& page) {
  const fs::path dom = scratch / "dom.html", log = scratch / "browser.log", profile = scratch / "profile";
  const std::string line =
      "timeout 120 " + browser() +
      " --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
      " --disable-component-update --disable-sync --disable-dev-shm-usage --enable-logging=stderr --v=0"
      " --virtual-time-budget=20000 --user-data-dir=" +
      profile.string() + " --dump-dom file://" + page.string() + " >" + dom.string() + " 2>" + log.string();
  Rendered result;
  result.code = std::system(line.c_str());
  result.dom = slurp(dom);
  std::istringstream lines(slurp(log));
  for (std::string text; std::getline(lines, text);)
    if (text.find("CONSOLE") != std::string::npos) result.console += text + "\n";
  return result;
}

inline std::size_t count(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

// Charts without a drawing.
inline std::size_t empty_charts(const std::string& dom) {
  std::size_t empty = 0;
  for (std::size_t at = dom.find("id=\"chart"); at != std::string::npos;) {
    const std::size_t next = dom.find("id=\"chart", at + 1), svg = dom.find("<svg", at);
    if (svg == std::string::npos || (next != std::string::npos && svg > next)) ++empty;
    at = next;
  }
  return empty;
}

}  // namespace autodidact::testing
