// autodidact show dataset: what it holds, and what is in it twice.
#include "data/dataset.hpp"

#include <ATen/ATen.h>

#include <nlohmann/json.hpp>

#include "app/engine/verbs.hpp"
#include "config/cards.hpp"
#include "data/duplicates.hpp"

namespace autodidact {

namespace {

using Json = nlohmann::ordered_json;

Json class_counts(const Dataset& data) {
  Json rows = Json::array();
  if (!data.n_classes || !data.train.y.defined()) return rows;
  const at::Tensor train = at::bincount(data.train.y, {}, *data.n_classes);
  const at::Tensor test =
      data.test.y.defined() ? at::bincount(data.test.y, {}, *data.n_classes) : at::zeros_like(train);
  for (std::int64_t c = 0; c < *data.n_classes; ++c)
    rows.push_back({{"class", data.class_names[static_cast<std::size_t>(c)]},
                    {"train", train[c].item<std::int64_t>()},
                    {"test", test[c].item<std::int64_t>()}});
  return rows;
}

}  // namespace

std::string dataset_report(const DatasetQuery& query) {
  DatasetRequest request;
  request.name = query.name;
  request.options = query.options;
  request.roots = query.roots;
  request.card_dirs = query.card_dirs;
  const Dataset data = load_dataset(request);
  const Duplicates twice = count_duplicates(data);
  Json fields = {{"dataset", data.name},
                 {"source", data.source},
                 {"train", data.train.size()},
                 {"test", data.test.size()},
                 {"channels", data.channels},
                 {"length", data.length},
                 {"classes", data.n_classes ? Json(*data.n_classes) : Json()},
                 {"digest", data.digest},
                 {"mean of training set", data.mean},
                 {"std of training set", data.std}};
  if (const auto card = find_card(query.name, query.card_dirs, data.source))
    fields["card"] = {
        {"source", card->source}, {"url", card->url}, {"licence", card->licence}, {"citation", card->citation}};
  fields["exact duplicates"] = {{"in train", twice.exact_train},
                                {"in test", twice.exact_test},
                                {"test series that are in train", twice.exact_between}};
  fields["near duplicates"] = {{"in train", twice.near_train},
                               {"in test", twice.near_test},
                               {"test series that are near one in train", twice.near_between}};
  fields["series per class"] = class_counts(data);
  if (!data.notes.empty()) fields["notes"] = data.notes;
  return fields.dump();
}

}  // namespace autodidact
