// autodidact show augmentation: a few series of a dataset before and after.
#include <ATen/ATen.h>

#include <nlohmann/json.hpp>

#include "app/engine/verbs.hpp"
#include "data/augment.hpp"
#include "data/dataset.hpp"
#include "data/split.hpp"
#include "host/random.hpp"

namespace autodidact {

namespace {

using Json = nlohmann::ordered_json;

// (C, L) -> one list a channel
Json channels_json(const at::Tensor& series) {
  Json channels = Json::array();
  for (std::int64_t c = 0; c < series.size(0); ++c) {
    const at::Tensor values = series[c].to(at::kDouble).contiguous();
    channels.push_back(std::vector<double>(values.data_ptr<double>(), values.data_ptr<double>() + values.numel()));
  }
  return channels;
}

// The first n of the training set, from its classes in turn.
Indices chosen(const Dataset& data, std::int64_t n) {
  Indices all(static_cast<std::size_t>(data.train.size()));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
  std::vector<std::int64_t> y;
  if (const at::Tensor& labels = data.train.y; labels.defined())
    y.assign(labels.data_ptr<std::int64_t>(), labels.data_ptr<std::int64_t>() + labels.numel());
  return first_in_turn(all, y, n);
}

}  // namespace

std::string augmentation_report(const AugmentationQuery& query) {
  DatasetRequest request;
  request.name = query.dataset.name;
  request.options = query.dataset.options;
  request.roots = query.dataset.roots;
  request.card_dirs = query.dataset.card_dirs;
  const Dataset data = load_dataset(request);
  const Indices indices = chosen(data, query.n);
  const at::Tensor before = data.train.x.index_select(0, at::tensor(indices, at::kLong));  // (n, C, L)
  at::Generator generator = generator_for({static_cast<std::uint64_t>(query.seed), "show", "protocol", "augment"});
  const at::Tensor after = augment(before, query.steps, generator);
  Json series = Json::array();
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    Json entry = {{"index", indices[i]}};
    if (data.train.y.defined())
      entry["class"] = data.class_names[static_cast<std::size_t>(data.train.y[indices[i]].item<std::int64_t>())];
    entry["original"] = channels_json(before[row]);
    entry["augmented"] = channels_json(after[row]);
    series.push_back(entry);
  }
  const Json fields = {{"dataset", data.name}, {"seed", query.seed}, {"series", series}};
  return fields.dump();
}

}  // namespace autodidact
