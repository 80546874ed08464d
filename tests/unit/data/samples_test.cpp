#include "data/samples.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "autodidact/plugin/error.hpp"
#include "results/file.hpp"
#include "unit/data/npy_support.hpp"
#include "unit/data/support.hpp"

namespace autodidact {
namespace {

namespace fs = std::filesystem;
using test::message_of;
using test::npy;
using test::raw_bytes;
using test::TempFolder;

// Values around 10 with deviation 4 in the data's own units.
Dataset data_of(std::int64_t channels, std::int64_t length) {
  Dataset data;
  data.name = "made_up";
  data.channels = channels;
  data.length = length;
  data.n_classes = 2;
  data.class_names = {"3", "7"};
  data.mean.assign(static_cast<std::size_t>(channels), 10.0);
  data.std.assign(static_cast<std::size_t>(channels), 4.0);
  at::Generator g = at::make_generator<at::CPUGeneratorImpl>(1);
  data.train.x = at::randn({50, channels, length}, g, at::kFloat);
  data.train.y = at::arange(50, at::kLong).remainder(2);
  return data;
}

std::vector<float> numbers(std::size_t count, double mean = 10, double std = 4) {
  std::vector<float> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(static_cast<float>(mean + std * std::sin(1.7 * static_cast<double>(i)) * 1.4));
  return values;
}

fs::path write_npy(const TempFolder& folder, const std::string& shape, const std::vector<float>& values,
                   const std::string& name = "s.npy") {
  return folder.write(name, npy("<f4", shape, raw_bytes(values)));
}

SampleFile from(const fs::path& file) {
  SampleFile samples;
  samples.file = file;
  return samples;
}

TEST(Samples, ShapesAreToldApartByTheDataset) {
  const TempFolder folder;
  const auto values = numbers(12 * 3 * 5);
  const Dataset many = data_of(3, 5);
  const at::Tensor ncl = read_samples(from(write_npy(folder, "(12, 3, 5)", values)), many).x;
  EXPECT_EQ(ncl.sizes(), (at::IntArrayRef{12, 3, 5}));
  EXPECT_NEAR(ncl[0][0][1].item<double>(), (values[1] - 10) / 4, 1e-6);
  const at::Tensor nlc = read_samples(from(write_npy(folder, "(12, 5, 3)", values)), many).x;
  EXPECT_NEAR(nlc[0][1][0].item<double>(), (values[1] - 10) / 4, 1e-6);
  const Dataset one = data_of(1, 5);
  for (const char* shape : {"(12, 5)", "(12, 1, 5)", "(12, 5, 1)"})
    EXPECT_EQ(read_samples(from(write_npy(folder, shape, numbers(60))), one).x.sizes(), (at::IntArrayRef{12, 1, 5}))
        << shape;
}

TEST(Samples, AnAmbiguousShapeIsRefusedUntilItIsSaid) {
  const TempFolder folder;
  const Dataset square = data_of(4, 4);
  SampleFile samples = from(write_npy(folder, "(12, 4, 4)", numbers(12 * 16)));
  const std::string error = message_of<DataError>([&] { read_samples(samples, square); });
  EXPECT_NE(error.find("--layout"), std::string::npos) << error;
  samples.layout = "NLC";
  const at::Tensor turned = read_samples(samples, square).x;
  samples.layout = "NCL";
  EXPECT_TRUE(turned.equal(read_samples(samples, square).x.transpose(1, 2)));
}

TEST(Samples, EachFaultHasItsOwnMessage) {
  const TempFolder folder;
  const Dataset data = data_of(1, 5);
  const auto error = [&](const std::string& shape, const std::vector<float>& values) {
    return message_of<DataError>([&] { read_samples(from(write_npy(folder, shape, values)), data); });
  };
  EXPECT_NE(error("(12, 6)", numbers(72)).find("length 6"), std::string::npos);
  EXPECT_NE(error("(12, 2, 7)", numbers(168)).find("neither"), std::string::npos);
  EXPECT_NE(error("(9, 5)", numbers(45)).find("at least 10"), std::string::npos);
  auto missing = numbers(60);
  missing[13] = NAN;
  EXPECT_NE(error("(12, 5)", missing).find("(sample 2, channel 0, time 3)"), std::string::npos)
      << error("(12, 5)", missing);
  EXPECT_NE(error("(12, 5)", numbers(60, 0, 1)).find("--scaled"), std::string::npos);
  EXPECT_NE(error("(12, 5)", numbers(60, 0.5, 0.33)).find("[0, 1]"), std::string::npos);
  EXPECT_NE(error("(12, 5)", numbers(60, 0, 0.7)).find("[-1, 1]"), std::string::npos);
  EXPECT_NE(error("(12, 5)", numbers(60, 1000, 400)).find("factor of"), std::string::npos);
}

TEST(Samples, AScaleIsTakenAsSaid) {
  const TempFolder folder;
  const Dataset data = data_of(1, 5);
  const auto values = numbers(60, 0, 1);
  SampleFile samples = from(write_npy(folder, "(12, 5)", values));
  samples.scaled = true;
  EXPECT_NEAR(read_samples(samples, data).x[0][0][1].item<double>(), values[1], 1e-6);
  samples.scaled = false;
  samples.any_scale = true;
  EXPECT_NEAR(read_samples(samples, data).x[0][0][1].item<double>(), (values[1] - 10) / 4, 1e-6);
}

TEST(Samples, ABadGeneratorIsNoOtherScale) {
  const TempFolder folder;
  const Dataset data = data_of(1, 5);
  for (const auto& [mean, std] : {std::pair{10.0, 2.0}, {14.0, 4.0}, {10.0, 12.0}, {10.0, 0.0}})
    EXPECT_NO_THROW(read_samples(from(write_npy(folder, "(12, 5)", numbers(60, mean, std))), data))
        << mean << ", " << std;
}

TEST(Samples, LabelsComeFromTheFileOrBesideItAndMustBeTheDatasets) {
  const TempFolder folder;
  const Dataset data = data_of(1, 5);
  SampleFile samples = from(write_npy(folder, "(12, 5)", numbers(60)));
  EXPECT_FALSE(read_samples(samples, data).y.defined());
  samples.labels = folder.write("labels.txt", "3\n7\n3\n7\n3\n7\n3\n7\n3\n7\n3\n3\n");
  EXPECT_TRUE(read_samples(samples, data).y.equal(at::tensor({0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0}, at::kLong)));
  samples.labels = folder.write("real.txt", "3.0\n7.0\n3\n7\n3\n7\n3\n7\n3\n7\n3\n3e0\n");
  EXPECT_TRUE(read_samples(samples, data).y.equal(at::tensor({0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0}, at::kLong)));
  samples.labels = folder.write("few.txt", "3\n7\n");
  EXPECT_NE(message_of<DataError>([&] { read_samples(samples, data); }).find("2 labels for 12 series"),
            std::string::npos);
  samples.labels = folder.write("other.txt", "3\n7\n3\n7\n3\n7\n3\n7\n3\n7\n3\n4\n");
  const std::string error = message_of<DataError>([&] { read_samples(samples, data); });
  EXPECT_NE(error.find("label '4' of series 11"), std::string::npos) << error;
  EXPECT_NE(error.find("3, 7"), std::string::npos) << error;
}

TEST(Samples, TsvAndHdf5GiveTheSameSeries) {
  const TempFolder folder;
  const Dataset data = data_of(1, 5);
  const auto values = numbers(60);
  const Series npy_series = read_samples(from(write_npy(folder, "(12, 5)", values)), data);
  std::string tsv;
  for (std::size_t i = 0; i < 12; ++i) {
    tsv += i % 2 ? "7" : "3";
    for (std::size_t t = 0; t < 5; ++t) {
      char text[32];
      std::snprintf(text, sizeof text, "\t%.9g", static_cast<double>(values[5 * i + t]));
      tsv += text;
    }
    tsv += "\n";
  }
  const Series tsv_series = read_samples(from(folder.write("s.tsv", tsv)), data);
  EXPECT_TRUE(tsv_series.x.allclose(npy_series.x, 1e-6, 1e-6));  // nine digits of a float32
  EXPECT_TRUE(tsv_series.y.equal(at::arange(12, at::kLong).remainder(2)));
  Record record;
  Array array{Type::f32, {12, 5}, std::vector<std::byte>(240)};
  std::memcpy(array.data.data(), values.data(), 240);
  record.arrays["x"] = array;
  write_record(record, folder.path() / "s.h5");
  EXPECT_TRUE(read_samples(from(folder.path() / "s.h5"), data).x.equal(npy_series.x));
  record.arrays = {{"a", array}, {"b", array}};
  write_record(record, folder.path() / "two.h5");
  EXPECT_NE(message_of<DataError>([&] { read_samples(from(folder.path() / "two.h5"), data); }).find("a, b"),
            std::string::npos);
}

}  // namespace
}  // namespace autodidact
