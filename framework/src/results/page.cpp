#include "results/page.hpp"

#include <fmt/format.h>

#include "results/html.hpp"
#include "results/report_style.hpp"
#include "results/vega_bundle.hpp"

namespace autodidact {

using Json = nlohmann::json;

namespace {

// Nothing may be fetched; scripts are the page's own. Vega compiles its expressions, hence unsafe-eval.
constexpr const char* kPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'unsafe-eval'; img-src data:";

std::string footer() {
  return "<footer>Made by Autodidact. This file needs no network.<details><summary>Charts by Vega, Vega-Lite and "
         "Vega-Embed: licences</summary><pre>" +
         escaped(std::string(vega_licences())) + "</pre></details></footer>";
}

}  // namespace

void Page::chart(const Json& spec) {
  if (spec.is_null()) return;
  body_ += fmt::format("<div class=chart id=chart{}></div>", count_);
  // A "<" in a name could end the script or begin a comment in it; "\u003c" is the same text to JSON.
  std::string text;
  for (const char c : spec.dump(-1, ' ', false, Json::error_handler_t::replace))
    text += c == '<' ? std::string("\\u003c") : std::string(1, c);
  script_ += fmt::format("vegaEmbed(\"#chart{}\",{},options);\n", count_++, text);
}

std::string Page::text(const std::string& title) const {
  return fmt::format(
             "<!doctype html>\n<html lang=en><head><meta charset=utf-8>\n"
             "<meta http-equiv=Content-Security-Policy content=\"{}\">\n"
             "<meta name=viewport content=\"width=device-width,initial-scale=1\"><link rel=icon href=\"data:,\">\n"
             "<title>{}</title><style>{}</style></head>\n<body>\n",
             kPolicy, escaped(title), kPageStyle) +
         body_ + footer() + "\n<script>" + std::string(vega_bundle()) +
         "</script>\n<script>const options={mode:\"vega-lite\",renderer:\"svg\",actions:false};\n" + script_ +
         "</script></body></html>\n";
}

}  // namespace autodidact
