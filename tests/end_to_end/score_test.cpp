// Samples of any method under the measures of a run.
#include <cmath>
#include <cstring>

#include "end_to_end/program.hpp"

namespace autodidact::testing {
namespace {

const std::string kPlain = method("VQVAE", "objective = \"none\"\nprior = \"maskgit\"\n");

// name -> value, or another column, of a record's measures.
std::map<std::string, double> values_of(const fs::path& file, const std::string& column = "value") {
  const Record record = read_record(file, {[](const std::string& path) { return path == "metrics/table"; }});
  const Table& table = record.tables.at("metrics/table");
  const auto& names = std::get<std::vector<std::string>>(*table.find("name"));
  const auto& values = std::get<std::vector<double>>(*table.find(column));
  std::map<std::string, double> all;
  for (std::size_t i = 0; i < names.size(); ++i) all[names[i]] = values[i];
  return all;
}

// As NumPy's save writes float32.
void write_npy(const Array& array, const fs::path& file) {
  std::string shape;
  for (const std::int64_t side : array.shape) shape += std::to_string(side) + ", ";
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
  header.resize((header.size() + 11 + 63) / 64 * 64 - 11, ' ');
  header += '\n';
  std::ofstream out(file, std::ios::binary);
  out << "\x93NUMPY" << '\1' << '\0' << static_cast<char>(header.size() & 0xff) << static_cast<char>(header.size() >> 8)
      << header;
  out.write(reinterpret_cast<const char*>(array.data.data()), static_cast<std::streamsize>(array.data.size()));
}

TEST(Score, SamplesFromAFileGetTheValuesTheyHaveInsideARun) {
  const Scratch scratch;
  const fs::path suite = scratch.write("tiny.toml", tiny_suite(kPlain)), out = scratch / "out";
  ASSERT_EQ(call(scratch, "run " + suite.string() + " --out " + out.string()).code, 0);
  const fs::path run = only_record(out);
  const Record samples = read_record(run, {[](const std::string& path) { return path.starts_with("samples/"); }});
  write_npy(samples.array("samples/unconditional/x"), scratch / "x.npy");
  const std::string line =
      "score --dataset cbf dataset.n_train=40 dataset.n_test=24 evaluation.fcn_steps=5 "
      "evaluation.cas_repeats=0 --scaled --samples " +
      (scratch / "x.npy").string();
  const fs::path external = out / "external.h5";
  const Result scored = call(scratch, line + " --name mine --out " + external.string());
  ASSERT_EQ(scored.code, 0) << scored.err;
  const auto inside = values_of(run), outside = values_of(external);
  std::size_t compared = 0;
  for (const char* name :
       {"fid_fcn", "fid_rocket", "is", "density", "coverage", "mdd", "acd", "sd", "kd", "memorisation", "copy_share"}) {
    ASSERT_TRUE(inside.count(name) && outside.count(name)) << name;
    EXPECT_TRUE(inside.at(name) == outside.at(name) || (std::isnan(inside.at(name)) && std::isnan(outside.at(name))))
        << name;
    ++compared;
  }
  EXPECT_EQ(compared, 11u);
  EXPECT_FALSE(outside.count("mse"));
  const Result board = call(scratch, "leaderboard " + out.string());
  EXPECT_NE(board.out.find("mine (external)"), std::string::npos) << board.out;
}

TEST(Score, MoreMeasuresTwiceAreTheSameBytes) {
  const Scratch scratch;
  const fs::path suite = scratch.write("tiny.toml", tiny_suite(kPlain)), out = scratch / "out";
  ASSERT_EQ(call(scratch, "run " + suite.string() + " --out " + out.string()).code, 0);
  const fs::path run = only_record(out);
  const auto before = values_of(run);
  const std::string line = "score " + run.string() +
                           " evaluation=all evaluation.rnn_steps=3 evaluation.cas_repeats=2 "
                           "evaluation.cas_steps=3";
  ASSERT_EQ(call(scratch, line).code, 0);
  const auto first = digests(out);
  const auto all = values_of(run);
  for (const char* name :
       {"kid", "mmd", "fid_minirocket", "cas", "cas_ratio", "ds_star", "ps_star", "token_divergence/2"})
    EXPECT_TRUE(all.count(name) && !before.count(name)) << name;
  for (const auto& [name, value] : before) EXPECT_TRUE(all.at(name) == value || std::isnan(value)) << name;
  const auto unigram = values_of(run, "unigram");
  for (const char* name : {"fid_fcn", "fid_rocket", "is", "coverage", "mdd", "kid", "token_divergence/2"})
    EXPECT_TRUE(std::isfinite(unigram.at(name))) << name;
  fs::remove_all(out / "stages");
  ASSERT_EQ(call(scratch, line).code, 0);
  EXPECT_EQ(digests(out), first);
}

TEST(Score, ExternalRecordsAreMeasuredAnew) {
  const Scratch scratch;
  Array noise{Type::f32, {20, 128}, std::vector<std::byte>(20 * 128 * 4)};
  for (std::size_t i = 0; i < 20 * 128; ++i) {
    const auto value = static_cast<float>(std::sin(0.7 * static_cast<double>(i)));
    std::memcpy(noise.data.data() + 4 * i, &value, 4);
  }
  write_npy(noise, scratch / "x.npy");
  const fs::path record = scratch / "mine.h5";
  const std::string data =
      " --dataset cbf dataset.n_test=40 evaluation.fcn_steps=5 --samples " + (scratch / "x.npy").string();
  ASSERT_EQ(call(scratch, "score" + data + " evaluation=mdd,acd --out " + record.string()).code, 0);
  const auto two = values_of(record);
  EXPECT_EQ(two.size(), 2u);
  const Result again = call(scratch, "score " + record.string() + " evaluation=mdd,acd,kd");
  ASSERT_EQ(again.code, 0) << again.err;
  const auto three = values_of(record);
  EXPECT_EQ(three.size(), 3u);
  for (const auto& [name, value] : two) EXPECT_EQ(three.at(name), value) << name;
}

TEST(Score, WrongRequestsAreToldApart) {
  const Scratch scratch;
  const std::string file = scratch.write("x.tsv", "1\t0.1\t0.2\n").string();
  const auto fault = [&](const std::string& arguments) { return call(scratch, "score " + arguments); };
  EXPECT_EQ(fault("").code, 2);
  EXPECT_EQ(fault("--samples " + file).code, 2);
  EXPECT_EQ(fault("--dataset cbf --samples " + file + " evaluation=fid_fnc").code, 2);
  EXPECT_NE(fault("--dataset cbf --samples " + file + " evaluation=fid_fnc").err.find("fid_fcn"), std::string::npos);
  EXPECT_EQ(fault("--dataset cbf --samples " + file + " tokenizer.K=3").code, 2);
  const Result length = fault("--dataset cbf --samples " + file);
  EXPECT_EQ(length.code, 4);
  EXPECT_NE(length.err.find("length 2"), std::string::npos) << length.err;
}

// A plan with a measure that is none must not train first.
TEST(Score, AWrongMeasureIsToldBeforeAnythingIsTrained) {
  const Scratch scratch;
  const fs::path suite = scratch.write("tiny.toml", tiny_suite(kPlain));
  const Result run =
      call(scratch, "run " + suite.string() + " evaluation=nonsense --out " + (scratch / "out").string());
  EXPECT_EQ(run.code, 2) << run.err;
  EXPECT_FALSE(fs::exists(scratch / "out/stages"));
}

}  // namespace
}  // namespace autodidact::testing
