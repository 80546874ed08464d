#include <gmock/gmock.h>

#include <cmath>

#include "autodidact/plugin/error.hpp"
#include "data/dataset.hpp"
#include "data/readers.hpp"
#include "support.hpp"

namespace autodidact::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string tsv_error(const std::string& content) {
  const TempFolder folder;
  const fs::path file = folder.write("X.tsv", content);
  return message_of<DataError>([&] { read_tsv(file); });
}

std::string ts_error(const std::string& content) {
  const TempFolder folder;
  const fs::path file = folder.write("X.ts", content);
  return message_of<DataError>([&] { read_ts(file); });
}

const std::string kHeader =
    "#a comment\n@problemName X\n@univariate false\n@dimensions 2\n@equalLength true\n"
    "@seriesLength 3\n@classLabel true a b\n@data\n";

TEST(Tsv, LabelFirstThenValues) {
  const TempFolder folder;
  const RawTable table = read_tsv(folder.write("X.tsv", "1\t0.5\t-2e-3\t+4\r\n-1\t1\tNaN\t3\n\n"));
  EXPECT_EQ(table.n, 2);
  EXPECT_EQ(table.channels, 1);
  EXPECT_EQ(table.length, 3);
  EXPECT_THAT(table.labels, ElementsAre("1", "-1"));
  EXPECT_THAT(table.lines, ElementsAre(1, 2));
  EXPECT_EQ(table.values[0], 0.5);
  EXPECT_EQ(table.values[1], -2e-3);
  EXPECT_EQ(table.values[2], 4);
  EXPECT_TRUE(std::isnan(table.values[4]));
  EXPECT_EQ(table.missing, 1);
  EXPECT_THAT(table.first_missing, HasSubstr("X.tsv:2: column 3"));
}

TEST(Tsv, NumbersAtTheEdge) {
  const TempFolder folder;
  const RawTable table = read_tsv(folder.write("X.tsv", "1\t1e-400\t 7 \t1.7976931348623157e308"));
  EXPECT_EQ(table.values[0], 0);  // too small for a double is 0, not an error
  EXPECT_EQ(table.values[1], 7);
  EXPECT_EQ(table.values[2], 1.7976931348623157e308);
}

TEST(Tsv, EachFaultNamesFileLineAndColumn) {
  EXPECT_THAT(tsv_error("1\t2\t3\n1\t2\tx\n"), HasSubstr("X.tsv:2: column 3: found 'x', expected a number"));
  EXPECT_THAT(tsv_error("1\t2\t3\n1\t2\n"), HasSubstr("X.tsv:2: found 2 columns, expected 3"));
  EXPECT_THAT(tsv_error("1\t2\t3\n\t2\t3\n"), HasSubstr("X.tsv:2: column 1: found an empty field"));
  EXPECT_THAT(tsv_error("1\t2\t\n"), HasSubstr("X.tsv:1: column 3: found an empty field"));
  EXPECT_THAT(tsv_error("1\tinf\t3\n"), HasSubstr("X.tsv:1: column 2: found 'inf', expected a finite number"));
  EXPECT_THAT(tsv_error("1\t1e999\t3\n"), HasSubstr("column 2: found '1e999', which is too large"));
  EXPECT_THAT(tsv_error("1\t1.5abc\t3\n"), HasSubstr("column 2: found '1.5abc', expected a number"));
  EXPECT_THAT(tsv_error("1\t+-1\t3\n"), HasSubstr("column 2: found '+-1'"));
  EXPECT_THAT(tsv_error("1,2,3\n"), HasSubstr("X.tsv:1: found one field '1,2,3'"));
  EXPECT_THAT(tsv_error(""), HasSubstr("X.tsv: the file is empty"));
  EXPECT_THAT(tsv_error("\n \n"), HasSubstr("holds no series"));
  EXPECT_THAT(tsv_error(std::string("1\t2\0\t3\n", 7)), HasSubstr("column 2: found '2?'"));
}

TEST(Tsv, NoFileAFolderAndAnUnknownEnding) {
  const TempFolder folder;
  EXPECT_THAT(message_of<DataError>([&] { read_tsv(folder.path() / "none.tsv"); }), HasSubstr("no such file"));
  EXPECT_THAT(message_of<DataError>([&] { read_tsv(folder.path()); }), HasSubstr("not a regular file"));
  EXPECT_THAT(message_of<DataError>([&] { read_series(folder.write("a.csv", "1")); }), HasSubstr("ending '.csv'"));
}

TEST(Ts, ChannelsBySeriesAndLabelLast) {
  const TempFolder folder;
  const RawTable table = read_ts(folder.write("X.ts", kHeader + "1,2,3:4,5,6:a\n7,8,9:10,?,12:b\n"));
  EXPECT_EQ(table.n, 2);
  EXPECT_EQ(table.channels, 2);
  EXPECT_EQ(table.length, 3);
  EXPECT_THAT(table.labels, ElementsAre("a", "b"));
  EXPECT_EQ(table.values[3], 4);
  EXPECT_EQ(table.values[6], 7);
  EXPECT_EQ(table.missing, 1);
  EXPECT_THAT(table.first_missing, HasSubstr("X.ts:10: column 5"));
}

TEST(Ts, WithoutLabelsAndWithoutDeclaredSizes) {
  const TempFolder folder;
  const RawTable table = read_ts(folder.write("X.ts", "@classLabel false\n@data\n1,2:3,4:5,6\n1,2:3,4:5,7\n"));
  EXPECT_EQ(table.n, 2);
  EXPECT_EQ(table.channels, 3);
  EXPECT_EQ(table.length, 2);
  EXPECT_TRUE(table.labels.empty());
}

TEST(Ts, EachFaultNamesFileAndLine) {
  EXPECT_THAT(ts_error(kHeader + "1,2,3:4,5:a\n"), HasSubstr("X.ts:9: column 5: channel 2 has 2 values, expected 3"));
  EXPECT_THAT(ts_error(kHeader + "1,2,3:a\n"), HasSubstr("X.ts:9: found 1 channels and a label, expected 2"));
  EXPECT_THAT(ts_error(kHeader + "1,2,3:4,5,6:c\n"), HasSubstr("label 'c', which @classLabel does not list"));
  EXPECT_THAT(ts_error(kHeader + "1,2,3:4,5,6:\n"), HasSubstr("no class label"));
  EXPECT_THAT(ts_error(kHeader + "1,2,x:4,5,6:a\n"), HasSubstr("X.ts:9: column 3: found 'x', expected a number"));
  EXPECT_THAT(ts_error(kHeader + "(0,1),(1,2):4,5,6:a\n"), HasSubstr("time stamp"));
  EXPECT_THAT(ts_error(kHeader), HasSubstr("no series after @data"));
  EXPECT_THAT(ts_error("@problemName X\n"), HasSubstr("no @data line"));
  EXPECT_THAT(ts_error("@timeStamps true\n@data\n"), HasSubstr("X.ts:1: @timeStamps true"));
  EXPECT_THAT(ts_error("@equalLength false\n@data\n"), HasSubstr("X.ts:1: @equalLength false"));
  EXPECT_THAT(ts_error("@targetlabel true\n@data\n"), HasSubstr("regression"));
  EXPECT_THAT(ts_error("@dimensions -3\n@data\n"), HasSubstr("X.ts:1: @dimensions: expected one whole number"));
  EXPECT_THAT(ts_error("1,2,3\n@data\n"), HasSubstr("X.ts:1: found '1,2,3', expected a line that begins with @"));
}

// A file cut anywhere either still reads (cut at a line's end) or is refused; it never crashes.
TEST(TextReaders, CutFilesAreReadOrRefused) {
  const TempFolder folder;
  const std::string tsv = "1\t0.5\t-2e-3\n2\t1\tNaN\n", ts = kHeader + "1,2,3:4,5,6:a\n7,8,9:1,2,3:b\n";
  for (std::size_t i = 0; i < tsv.size(); ++i) try {
      read_tsv(folder.write("X.tsv", tsv.substr(0, i)));
    } catch (const DataError&) {
    }
  for (std::size_t i = 0; i < ts.size(); ++i) try {
      read_ts(folder.write("X.ts", ts.substr(0, i)));
    } catch (const DataError&) {
    }
}

TEST(Shared, UeaBasicMotions) {
  const fs::path file = shared_datasets() / "uea/BasicMotions/BasicMotions_TRAIN.ts";
  if (!fs::exists(file)) GTEST_SKIP() << file << " is not there";
  const RawTable table = read_ts(file);
  EXPECT_EQ(table.n, 40);
  EXPECT_EQ(table.channels, 6);
  EXPECT_EQ(table.length, 100);
  EXPECT_EQ(table.labels.front(), "Standing");
  EXPECT_EQ(table.values.front(), 0.079106);
}

}  // namespace
}  // namespace autodidact::test
