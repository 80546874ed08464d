// What is shipped: the page about suites, and that its example is one.
#include <sstream>

#include "config/protocol_keys.hpp"
#include "unit/config/fixture.hpp"

namespace autodidact {
namespace {

class ShippedTest : public ConfigTest {
 protected:
  static std::string readme() {
    std::ostringstream text;
    text << std::ifstream(std::string(AUTODIDACT_SOURCE_DIR) + "/benchmarks/README.md").rdbuf();
    return text.str();
  }
};

TEST_F(ShippedTest, EveryKeyOfTheProtocolIsExplained) {
  const std::string text = readme();
  for (const ProtocolKey& key : protocol_keys()) EXPECT_THAT(text, testing::HasSubstr("`" + key.info.name + "`"));
}

TEST_F(ShippedTest, TheExampleIsASuite) {
  const std::string text = readme(), open = "```toml\n";
  const std::size_t begin = text.find(open) + open.size(), end = text.find("```", begin);
  write("profiles/thesis.toml", kProfile);  // the shipped one is for the real plugins
  const Plan p = plan(text.substr(begin, end - begin));
  EXPECT_EQ(p.runs.size(), 2u * 3u * 2u * 2u);  // datasets, methods, grid, seeds
  EXPECT_THAT(p.notes, testing::IsEmpty());
  EXPECT_EQ(p.runs.front().budget, "quick");
}

}  // namespace
}  // namespace autodidact
