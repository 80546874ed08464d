#include "data/dataset.hpp"

#include <ATen/ATen.h>

#include <numeric>

#include "autodidact/plugin/error.hpp"
#include "config/cards.hpp"
#include "config/generators.hpp"
#include "data/generate.hpp"
#include "data/labels.hpp"
#include "data/readers.hpp"
#include "data/scaling.hpp"
#include "data/split.hpp"
#include "results/sha256.hpp"

namespace autodidact {
namespace {

struct Tables {
  RawTable train, test;
  bool generated = false;
};

Tables read_tables(const DatasetRequest& request) {
  if (find_generator(request.name)) {
    const GeneratorOptions options = generator_options(request.name, request.options);
    return {generate(request.name, options.n_train, options.seed, Part::train),
            generate(request.name, options.n_test, options.seed, Part::test), true};
  }
  const auto files = find_dataset_files(request.name, request.roots);
  if (!files) throw missing_dataset(request.name, request.roots);
  if (!request.options.empty())
    throw ConfigError("dataset." + request.name + "." + request.options.begin()->first +
                      ": a dataset read from files takes no options; remove it");
  return {read_table(files->train), read_table(files->test), false};
}

void check_shapes(const Tables& tables) {
  const auto check = [&](std::int64_t train, std::int64_t test, const char* what) {
    if (train == test) return;
    throw DataError(tables.test.file.string() + ": found " + std::to_string(test) + " " + what + ", expected " +
                    std::to_string(train) + " as in " + tables.train.file.string());
  };
  check(tables.train.channels, tables.test.channels, "channels");
  check(tables.train.length, tables.test.length, "values a channel");
}

void note_missing(const RawTable& table, std::vector<std::string>& notes) {
  if (table.missing == 0) return;
  notes.push_back(std::to_string(table.missing) + " missing values in " + table.file.string() +
                  ", set to 0 after scaling; the first at " + table.first_missing);
}

// Counts are compared as the files have them, before any new split.
void note_card(const DatasetRequest& request, const Tables& tables, std::int64_t classes,
               std::vector<std::string>& notes) {
  const auto card = find_card(request.name, request.card_dirs, tables.generated ? "" : tables.train.file);
  if (!card) {
    notes.push_back("no card: source, licence and the expected counts of this dataset are not known");
    return;
  }
  const auto compare = [&](std::int64_t found, std::int64_t expected, const char* what) {
    if (found != expected)
      notes.push_back("found " + std::to_string(found) + " " + what + ", the card says " + std::to_string(expected));
  };
  if (!request.options.count("n_train")) compare(tables.train.n, card->train, "training series");
  if (!request.options.count("n_test")) compare(tables.test.n, card->test, "test series");
  compare(tables.train.channels, card->channels, "channels");
  compare(tables.train.length, card->length, "values a channel");
  compare(classes, card->classes, "classes");
  const auto compare_file = [&](const std::filesystem::path& file, const std::string& expected) {
    if (!expected.empty() && file.extension() == ".tsv" && sha256_file(file) != expected)
      notes.push_back(file.string() + " is not the file of the archive: its sha256 differs from the card's");
  };
  if (tables.generated) return;
  compare_file(tables.train.file, card->sha256_train);
  compare_file(tables.test.file, card->sha256_test);
}

// train and test in one table, so that every later step is a list of indices.
RawTable merged(Tables tables) {
  RawTable all = std::move(tables.train);
  all.values.insert(all.values.end(), tables.test.values.begin(), tables.test.values.end());
  all.n += tables.test.n;
  all.lines.clear();
  all.labels.clear();
  return all;
}

struct Split {
  Indices train, validation, test;
};

Split make_split(const DatasetRequest& request, std::int64_t n_train, std::int64_t n,
                 const std::vector<std::int64_t>& y) {
  Indices all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), std::int64_t{0});
  Split split;
  if (request.split == "original")
    split.train.assign(all.begin(), all.begin() + n_train);
  else if (request.split == "stratified_80_20")
    split.train = stratified_part(all, y, 0.8, request.seed, Carve::train);
  else
    throw ConfigError("data.split: found '" + request.split + "', expected original or stratified_80_20");
  split.test = without(all, split.train);
  if (split.test.empty())
    throw DataError(request.name + ": " + std::to_string(n) + " series are too few for " + request.split);
  if (!(request.validation >= 0 && request.validation < 1))
    throw ConfigError("data.validation: expected a share from 0 to below 1");
  if (request.validation > 0) {
    split.validation = stratified_part(split.train, y, request.validation, request.seed, Carve::validation);
    if (split.validation.empty())
      throw DataError(request.name + ": data.validation leaves no series of " + std::to_string(split.train.size()) +
                      " training series; raise it or set it to 0");
    split.train = without(split.train, split.validation);
  }
  for (Indices* part : {&split.train, &split.validation, &split.test})
    *part = first_in_turn(*part, y, request.max_series);
  return split;
}

Series gathered(const RawTable& table, const Indices& indices, const std::vector<std::int64_t>& y,
                const Scaling& scaling) {
  Series series;
  const auto n = static_cast<std::int64_t>(indices.size());
  series.x = at::empty({n, table.channels, table.length}, at::kFloat);
  float* x = series.x.data_ptr<float>();
  for (std::size_t i = 0; i < indices.size(); ++i)
    scale_series(table, indices[i], scaling, x + static_cast<std::int64_t>(i) * table.width());
  if (y.empty()) return series;
  series.y = at::empty({n}, at::kLong);
  std::int64_t* labels = series.y.data_ptr<std::int64_t>();
  for (std::size_t i = 0; i < indices.size(); ++i) labels[i] = y[static_cast<std::size_t>(indices[i])];
  return series;
}

std::string digest_of(const Dataset& data) {
  Sha256 sha;
  const std::int64_t sizes[] = {data.train.size(), data.validation.size(),    data.test.size(), data.channels,
                                data.length,       data.n_classes.value_or(0)};
  sha.add(sizes, sizeof sizes);
  for (const Series* part : {&data.train, &data.validation, &data.test}) {
    sha.add(part->x.data_ptr(), part->x.nbytes());
    if (part->y.defined()) sha.add(part->y.data_ptr(), part->y.nbytes());
  }
  return sha.hex();
}

void note_scaling(const Scaling& scaling, std::vector<std::string>& notes) {
  for (const std::int64_t channel : scaling.constant)
    notes.push_back("channel " + std::to_string(channel + 1) +
                    " is constant in the training part: its mean is subtracted, it is not divided");
}

}  // namespace

Dataset load_dataset(const DatasetRequest& request) {
  Tables tables = read_tables(request);
  check_shapes(tables);
  Labels labels = encode_labels(tables.train, tables.test, request.split == "original");

  Dataset data;
  data.name = request.name;
  data.channels = tables.train.channels;
  data.length = tables.train.length;
  data.source = tables.train.file.string();
  data.class_names = labels.names;
  if (!labels.train.empty()) data.n_classes = static_cast<std::int64_t>(labels.names.size());
  note_card(request, tables, data.n_classes.value_or(0), data.notes);
  note_missing(tables.train, data.notes);
  note_missing(tables.test, data.notes);
  if (!data.n_classes) data.notes.push_back("no labels: measures that need classes are left out");
  if (data.n_classes == 1) data.notes.push_back("one class only: measures that need classes are left out");

  const std::int64_t n_train = tables.train.n;
  std::vector<std::int64_t> y = std::move(labels.train);
  y.insert(y.end(), labels.test.begin(), labels.test.end());
  const RawTable all = merged(std::move(tables));
  const Split split = make_split(request, n_train, all.n, y);
  const Scaling scaling = fit_scaling(all, split.train);
  note_scaling(scaling, data.notes);
  data.mean = scaling.mean;
  data.std = scaling.std;
  data.train = gathered(all, split.train, y, scaling);
  data.validation = gathered(all, split.validation, y, scaling);
  data.test = gathered(all, split.test, y, scaling);
  data.digest = digest_of(data);
  return data;
}

RawSeries read_series(const std::filesystem::path& file) {
  RawTable table = read_table(file);
  RawSeries series;
  series.x = at::from_blob(table.values.data(), {table.n, table.channels, table.length}, at::kDouble).clone();
  series.labels = std::move(table.labels);
  return series;
}

}  // namespace autodidact
