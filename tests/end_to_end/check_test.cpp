// `plugin check` as a product: a report of every check, and a failed check where a plugin hangs, crashes, takes all
// memory, ends the process or leaves something behind, while the program lives on.
#include <nlohmann/json.hpp>

#include "end_to_end/program.hpp"

namespace autodidact::testing {
namespace {

std::string bad(const std::string& name) {
  return std::string(AUTODIDACT_BINARY_DIR) + "/tests/bad_plugins/" + name + ".so ";
}

// The line of a check: "failed  name  expected: ...; found: ...".
std::string line_of(const std::string& text, const std::string& status, const std::string& name) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.rfind(status, 0) == 0 && line.find(" " + name + " ") != std::string::npos) return line;
  return "";
}

TEST(PluginCheck, ReportsEveryCheckOfAGoodPlugin) {
  const Scratch scratch;
  const Result result = call(scratch, "plugin check uniform --json");
  EXPECT_EQ(result.code, 0) << result.out;
  const auto report = nlohmann::json::parse(result.out);
  EXPECT_EQ(report["plugin"], "tokenizer/uniform");
  EXPECT_EQ(report["failed"], 0);
  EXPECT_EQ(report["not_run"], 0);
  EXPECT_GE(report["passed"].get<int>(), 60);
  EXPECT_EQ(report["passed"].get<std::size_t>() + report["skipped"].get<std::size_t>(), report["items"].size());
  for (const auto& item : report["items"]) {
    EXPECT_FALSE(item["expected"].get<std::string>().empty()) << item;
    EXPECT_FALSE(item["found"].get<std::string>().empty()) << item;
    EXPECT_GE(item["seconds"].get<double>(), 0) << item;
  }
}

TEST(PluginCheck, TakesValuesAndGoldenFiles) {
  const Scratch scratch;
  Result result = call(scratch, "plugin check uniform K=5 --only parameters");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(line_of(result.out, "passed", "parameters").find("K = 5"), std::string::npos) << result.out;
  result = call(scratch, "plugin check uniform K=1 --only create");
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(line_of(result.out, "failed", "parameters").find("[2, 65536]"), std::string::npos) << result.out;
  EXPECT_NE(line_of(result.out, "not run", "create").find("no valid parameters"), std::string::npos) << result.out;
  EXPECT_EQ(call(scratch, "plugin check uniform K").code, 2);
  result = call(scratch, "plugin check uniform --only shape");
  EXPECT_EQ(result.code, 2);
  EXPECT_NE(result.err.find("no check is called 'shape'"), std::string::npos) << result.err;
  EXPECT_EQ(call(scratch, "plugin check " + scratch.write("text.so", "text").string()).code, 3);
  const fs::path golden = fs::path(AUTODIDACT_SHARED_DIR) / "golden/ssl_vicreg.h5";
  if (!fs::exists(golden)) return;
  result = call(scratch, "plugin check vicreg --only version --golden " + golden.string());
  EXPECT_EQ(result.code, 0) << result.out;
  EXPECT_NE(result.out.find("golden ssl_vicreg/"), std::string::npos) << result.out;
  result = call(scratch, "plugin check uniform --only version --golden " + golden.string());
  EXPECT_NE(result.out.find("claims no group of this file"), std::string::npos) << result.out;
}

struct Fault {
  const char* name;
  const char* options;
  const char* check;  // that fails
  const char* says;
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class BadPlugin : public ::testing::TestWithParam<Fault> {};

TEST_P(BadPlugin, FailsOneCheckInOneLine) {
  const Scratch scratch;
  const Fault& fault = GetParam();
#if defined(__SANITIZE_ADDRESS__)  // which ends a process in its own way, and takes memory of its own
  const std::string name = fault.name;
  if (name.rfind("crashes", 0) == 0 || name.rfind("allocates", 0) == 0) GTEST_SKIP() << "built with a sanitizer";
#endif
  const Result result = call(scratch, "plugin check " + bad(fault.name) + fault.options);
  EXPECT_EQ(result.code, 1) << result.out << result.err;
  EXPECT_NE(line_of(result.out, "failed", fault.check).find(fault.says), std::string::npos) << result.out << result.err;
  EXPECT_NE(result.out.find(" 1 failed, "), std::string::npos) << result.out;
}

INSTANTIATE_TEST_SUITE_P(
    Zoo, BadPlugin,
    ::testing::Values(
        Fault{"hangs_in_create", "--seconds 2", "create", "did not return within 2 s"},
        Fault{"allocates_without_end", "--memory 1 --only 'same tensors'", "same tensors", "took more than 1 GB"},
        Fault{"returns_graph", "--only 'no graph'", "no graph", "latents hands out a graph"},
        Fault{"writes_to_stdout", "--only 'any tokens'", "says nothing", "'decoding 4 series' in 'any tokens'"},
        Fault{"throws_number", "--only 'no labels'", "no labels", "not a std::exception"},
        Fault{"keeps_hidden_state", "--only 'loaded answers'", "loaded answers", "decoded series"},
        Fault{"draws_at_load", "", "load", "draws from LibTorch's random numbers while it is loaded"},
        Fault{"crashes_in_use", "--only 'same tensors'", "same tensors", "SIGSEGV"},
        Fault{"terminates", "--only 'any tokens'", "any tokens", "lost in a noexcept function"},
        Fault{"crashes_at_exit", "--only version", "end of the process", "SIGSEGV"},
        Fault{"leaves_thread", "--only threads", "threads", "1 more threads"},
        Fault{"leaves_file", "--only 'files written'", "files written", "notes.txt"},
        Fault{"exports_more", "--only symbols", "symbols", "helper"}),
    [](const auto& tested) { return std::string(tested.param.name); });

// Checks before the one that ended the process are told, those after it run in a fresh one, three times at most.
TEST(PluginCheck, GoesOnInAFreshProcess) {
  const Scratch scratch;
  const Result result = call(scratch, "plugin check " + bad("calls_exit"));
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_FALSE(line_of(result.out, "passed", "create").empty()) << result.out;
  EXPECT_NE(line_of(result.out, "failed", "seeds nothing").find("exit code 0"), std::string::npos) << result.out;
  EXPECT_NE(line_of(result.out, "not run", "threads").find("3 checks before it ended their process"), std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find(" 3 failed, "), std::string::npos) << result.out;
}

// The guard judges what comes back; this one does not come back.
TEST(PluginCheck, ACrashOnSeriesThatAreNoNumbersIsAFailedCheck) {
  const Scratch scratch;
  const Result result = call(scratch, std::string("plugin check ") + AUTODIDACT_BINARY_DIR +
                                          "/tests/faulty/faulty_tokenizer.so 'fault=\"not_finite\"' --only 'series*'");
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_NE(line_of(result.out, "failed", "series that are no numbers").find("SIGABRT"), std::string::npos)
      << result.out;
}

}  // namespace
}  // namespace autodidact::testing
