// The interface number counts the contract: whoever changes a header without counting is told here.
//
// tests/contract/contract.sha256 has one line for each interface number ever used: the number and the digest of the
// headers as they were then. Comments and white space do not count: documentation may always be mended.
#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "autodidact/plugin/abi.hpp"

namespace autodidact {
namespace {

namespace fs = std::filesystem;
const fs::path kRoot = AUTODIDACT_SOURCE_DIR;

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The code of a header: without // comments, every run of white space one blank.
std::string code_of(const std::string& text) {
  std::string code;
  bool comment = false, quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') comment = false;
    if (c == '"' && !comment) quoted = !quoted;
    if (!quoted && text.compare(i, 2, "//") == 0) comment = true;
    if (comment) continue;
    const char shown = std::isspace(static_cast<unsigned char>(c)) ? ' ' : c;
    if (shown != ' ' || (!code.empty() && code.back() != ' ')) code += shown;
  }
  return code;
}

std::string digest_of_contract() {
  std::vector<fs::path> headers;
  for (const fs::directory_entry& entry : fs::directory_iterator(kRoot / "framework/include/autodidact/plugin"))
    headers.push_back(entry.path());
  std::sort(headers.begin(), headers.end());
  std::string all;
  for (const fs::path& header : headers) all += header.filename().string() + "\n" + code_of(text_of(header)) + "\n";
  unsigned char bytes[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(all.data()), all.size(), bytes);
  std::string hex;
  for (const unsigned char byte : bytes) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

TEST(ContractHash, ChangesOnlyWithTheInterfaceNumber) {
  std::map<std::uint32_t, std::string> known;
  std::istringstream lines(text_of(kRoot / "tests/contract/contract.sha256"));
  std::uint32_t number = 0;
  for (std::string digest; lines >> number >> digest;)
    EXPECT_TRUE(known.emplace(number, digest).second) << "interface " << number << " stands twice in contract.sha256";
  const std::string line = std::to_string(kInterface) + " " + digest_of_contract();
  if (!known.count(kInterface)) {
    FAIL() << "interface " << kInterface << " is new: add this line to tests/contract/contract.sha256\n" << line;
  }
  EXPECT_EQ(std::to_string(kInterface) + " " + known[kInterface], line)
      << "a header in framework/include/autodidact/plugin has changed, and plugins built before would be taken for new "
         "ones: "
         "count kInterface in abi.hpp up by one, add a line 'Interface "
      << kInterface + 1
      << ": ...' to CHANGELOG.md, and the line that this test then prints to tests/contract/contract.sha256";
}

TEST(ContractHash, TheInterfaceNumberIsInTheChangelog) {
  const std::string wanted = "Interface " + std::to_string(kInterface) + ":";
  EXPECT_NE(text_of(kRoot / "CHANGELOG.md").find(wanted), std::string::npos)
      << "CHANGELOG.md has no line '" << wanted << " ...' that says what changed for plugin authors";
}

TEST(ContractHash, CommentsAndSpaceDoNotCount) {
  EXPECT_EQ(code_of("int  a;  // why\n\n  int b;\n"), "int a; int b; ");
  EXPECT_EQ(code_of("const char* a = \"http://x\";"), "const char* a = \"http://x\";");
}

}  // namespace
}  // namespace autodidact
