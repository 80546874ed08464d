// Small things that several stages share.
#include <ATen/ATen.h>

#include "protocol/stages.hpp"
#include "protocol/trainer.hpp"

namespace autodidact {

DataShape shape_of(const Dataset& data) { return {data.channels, data.length, data.train.size(), data.n_classes}; }

at::Tensor in_blocks(const at::Tensor& x, std::int64_t block, const std::function<at::Tensor(const at::Tensor&)>& fn) {
  const std::int64_t n = x.size(0);
  std::vector<at::Tensor> parts;
  for (std::int64_t first = 0; first < n; first += block) {
    const std::int64_t have = std::min(block, n - first);
    at::Tensor rows = x.slice(0, first, first + have);
    if (have < block) {
      std::vector<std::int64_t> shape = x.sizes().vec();
      shape[0] = block - have;
      rows = at::cat({rows, rows.slice(0, have - 1, have).expand(shape)}, 0);
    }
    parts.push_back(fn(rows).slice(0, 0, have).clone());
  }
  return at::cat(parts, 0);
}

void put_training_cost(Record& record, const std::string& stage, const TrainResult& result, Values more) {
  more["steps"] = result.steps;
  const Column *step = result.history.find("step"), *seconds = result.history.find("seconds");
  if (step && seconds && result.history.rows() > 1) {
    const auto& at = std::get<std::vector<std::int64_t>>(*step);
    const auto& time = std::get<std::vector<double>>(*seconds);
    if (time.back() > time.front())
      more["steps_per_second"] = static_cast<double>(at.back() - at.front()) / (time.back() - time.front());
  }
  put_cost(record, stage, result.seconds, more);
}

void put_cost(Record& record, const std::string& stage, double seconds, const Values& more) {
  Values& cost = record.attributes["cost/" + stage];
  cost = more;
  cost["seconds"] = seconds;
  cost["peak_memory_bytes"] = peak_memory();
}

}  // namespace autodidact
