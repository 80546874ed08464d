// The lines of results/README.md that read a record do read one.
#include <algorithm>

#include "end_to_end/program.hpp"
#include "support/made_up_records.hpp"

namespace autodidact::testing {
namespace {

std::string python() {
  for (const std::string& name :
       {std::string(AUTODIDACT_SOURCE_DIR) + "/.deps/venv/bin/python", std::string("python3")})
    if (std::system((name + " -c 'import h5py, pandas' >/dev/null 2>&1").c_str()) == 0) return name;
  return "";
}

std::string first_code_block(const std::string& text) {
  const std::string open = "```python\n";
  const std::size_t begin = text.find(open), end = text.find("```", begin + open.size());
  return begin == std::string::npos ? "" : text.substr(begin + open.size(), end - begin - open.size());
}

TEST(ResultsReadme, ItsLinesReadARecord) {
  if (python().empty()) GTEST_SKIP() << "no python with h5py and pandas here: `scripts/setup --dev` fetches them";
  const std::string lines = first_code_block(slurp(std::string(AUTODIDACT_SOURCE_DIR) + "/results/README.md"));
  ASSERT_EQ(std::count(lines.begin(), lines.end(), '\n'), 3) << lines;
  const Scratch scratch;
  MadeUpRun run{"VQVAE", "cbf", 3};
  run.measures = {{"mse", 0.125}, {"fid_fcn", 6.5, "lower", "", 0.5}};
  Record record = made_up_record(run);
  add_pictures(record, 1, 0.5, 32);
  write_record(record, scratch / "RUN.h5");
  const fs::path script = scratch.write("read.py", lines + R"(
assert list(measures["name"]) == ["mse", "fid_fcn"], measures
assert list(measures["value"]) == [0.125, 6.5], measures
assert measures["floor"].isna().tolist() == [True, False], measures
assert run.attrs["method"] == "VQVAE" and run.attrs["seed"] == 3, dict(run.attrs)
assert run["config"].attrs["ssl.rho"] == 0.2
assert run["samples/unconditional/x"][:].shape == (64, 1, 32)
)");
  const std::string line = "cd '" + scratch.path().string() + "' && " + python() + " " + script.string() + " 2>" +
                           (scratch / "err").string();
  EXPECT_EQ(std::system(line.c_str()), 0) << slurp(scratch / "err");
}

}  // namespace
}  // namespace autodidact::testing
