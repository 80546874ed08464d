// Small things that several stages share.
#include <ATen/ATen.h>

#include "protocol/stages.hpp"

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

void put_cost(Record& record, const std::string& stage, double seconds, const Values& more) {
  Values& cost = record.attributes["cost/" + stage];
  cost = more;
  cost["seconds"] = seconds;
  cost["peak_memory_bytes"] = peak_memory();
}

}  // namespace autodidact
