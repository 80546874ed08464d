// The embedded charts: the bytes of the files that set-up wrote, fit to stand inside one <script> element.
#include "results/vega_bundle.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>

namespace autodidact {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

TEST(VegaBundle, IsWholeAndFitsIntoAScriptElement) {
  const std::string_view bundle = vega_bundle();
  EXPECT_GT(bundle.size(), 500000u);
  EXPECT_EQ(bundle.substr(0, 6), "(()=>{");
  EXPECT_EQ(bundle.substr(bundle.size() - 6), "})();\n");
  EXPECT_NE(bundle.find("window.vegaEmbed="), std::string_view::npos);
  EXPECT_EQ(bundle.find('\0'), std::string_view::npos);
  EXPECT_EQ(lower(bundle).find("</script"), std::string::npos);
}

TEST(VegaBundle, ComesWithItsNotices) {
  const std::string_view notices = vega_licences();
  for (const char* name : {"Vega", "Vega-Lite", "Vega-Embed", "University of Washington Interactive Data Lab"})
    EXPECT_NE(notices.find(name), std::string_view::npos) << name;
  EXPECT_EQ(notices.back(), '\n');
}

}  // namespace
}  // namespace autodidact
