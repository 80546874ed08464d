// One HTML file with charts in it: no server, no network.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace autodidact {

// Collects HTML and charts in order. A policy inside the page forbids it to fetch anything, whatever it holds.
class Page {
 public:
  void add(const std::string& html) { body_ += html; }
  void chart(const nlohmann::json& spec);  // a Vega-Lite specification; null is left out
  // The whole file, with the licences of the charts' libraries at its end.
  std::string text(const std::string& title) const;

 private:
  std::string body_, script_;
  int count_ = 0;
};

}  // namespace autodidact
