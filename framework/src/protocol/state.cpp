#include "protocol/state.hpp"

#include <ATen/ATen.h>

#include <set>

#include "autodidact/plugin/error.hpp"
#include "host/convert.hpp"
#include "results/sha256.hpp"

namespace autodidact {

namespace {
std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + ")";
}
}  // namespace

std::vector<Buffer> state_of(std::vector<Parameter> parameters, std::vector<Buffer> buffers) {
  std::vector<Buffer> all;
  for (Parameter& p : parameters) all.push_back({p.name, p.tensor});
  for (Buffer& b : buffers) all.push_back(std::move(b));
  return all;
}

std::string state_digest(const std::vector<Buffer>& state) {
  Sha256 hash;
  for (const Buffer& b : state) {
    const at::Tensor value = b.tensor.detach().cpu().contiguous();
    hash.add(b.name);
    hash.add(std::string(value.dtype().name()) + shape_text(value.sizes().vec()));
    hash.add(value.const_data_ptr(), value.nbytes());
  }
  return hash.hex();
}

void put_state(Record& record, const std::string& prefix, const std::vector<Buffer>& state) {
  for (const Buffer& b : state) {
    if (!record.arrays.emplace(prefix + b.name, to_array(b.tensor)).second)
      throw DataError("two tensors are named '" + prefix + b.name +
                      "': names of parameters and buffers must be unique");
  }
}

void load_state(const Record& record, const std::string& prefix, const std::vector<Buffer>& state) {
  const at::NoGradGuard no_grad;
  std::string wrong;
  std::set<std::string> known;
  for (const Buffer& b : state) {
    const std::string path = prefix + b.name;
    known.insert(path);
    const auto found = record.arrays.find(path);
    if (found == record.arrays.end()) {
      wrong += "\n  " + path + ": missing";
      continue;
    }
    const at::Tensor value = to_tensor(found->second);
    if (value.sizes() != b.tensor.sizes() || value.scalar_type() != b.tensor.scalar_type()) {
      wrong += "\n  " + path + ": found " + std::string(value.dtype().name()) + shape_text(value.sizes().vec()) +
               ", expected " + std::string(b.tensor.dtype().name()) + shape_text(b.tensor.sizes().vec());
      continue;
    }
    if (wrong.empty()) at::Tensor(b.tensor.detach()).copy_(value);
  }
  for (auto it = record.arrays.lower_bound(prefix); it != record.arrays.end() && it->first.starts_with(prefix); ++it)
    if (!known.count(it->first)) wrong += "\n  " + it->first + ": not part of this object";
  if (!wrong.empty()) throw DataError("stored weights do not fit the object they are loaded into:" + wrong);
}

std::int64_t parameter_count(const std::vector<Parameter>& parameters) {
  std::int64_t count = 0;
  for (const Parameter& p : parameters) count += p.tensor.numel();
  return count;
}

}  // namespace autodidact
