#include "app/engine/stored.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <sstream>

#include "autodidact/plugin/error.hpp"
#include "data/scaling.hpp"
#include "results/file.hpp"

namespace autodidact {

StoredRun read_stored(const std::filesystem::path& file) {
  StoredRun stored;
  stored.record = read_record(file, {[](const std::string& path) { return !path.starts_with("samples/"); }});
  const auto data = stored.record.attributes.find("data");
  const auto root = stored.record.attributes.find("");
  if (root == stored.record.attributes.end() || !root->second.count("run_id") || data == stored.record.attributes.end())
    throw DataError(file.string() + ": is an HDF5 file but not the record of a run (no attributes run_id and data/)");
  if (root->second.at("status") != Value(std::string("ok")))
    throw DataError(file.string() + ": the run failed: " + std::get<std::string>(root->second.at("reason")));
  const Values& shape = data->second;
  const auto integer = [&](const char* name) { return std::get<std::int64_t>(shape.at(name)); };
  stored.shape = {integer("channels"), integer("length"), integer("n_train"), std::nullopt};
  if (integer("n_classes") > 0) stored.shape.n_classes = integer("n_classes");
  stored.mean = std::get<std::vector<double>>(shape.at("mean"));
  stored.std = std::get<std::vector<double>>(shape.at("std"));
  std::istringstream names(stored.record.texts.at("data/class_names"));
  for (std::string name; std::getline(names, name);) stored.class_names.push_back(name);
  return stored;
}

at::Tensor scaled(const StoredRun& stored, const at::Tensor& x) {
  const at::Tensor spread = per_channel(stored.std);
  return ((x - per_channel(stored.mean)) / spread.masked_fill(spread == 0, 1.0)).nan_to_num(0.0).to(at::kFloat);
}

at::Tensor unscaled(const StoredRun& stored, const at::Tensor& x) {
  return (x.to(at::kDouble) * per_channel(stored.std) + per_channel(stored.mean)).to(at::kFloat);
}

// NumPy's format 1.0: magic, version, header length, a Python literal padded to 64 bytes, raw data.
void write_npy(const at::Tensor& x, const std::filesystem::path& file) {
  const at::Tensor data = x.to(at::kFloat).contiguous();
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}, {}), }}", data.size(0),
                                   data.size(1), data.size(2));
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  const std::filesystem::path aside = file.string() + ".tmp";
  {
    std::ofstream out(aside, std::ios::binary);
    const auto length = static_cast<std::uint16_t>(header.size());
    out.write("\x93NUMPY\x01\x00", 8);
    out.write(reinterpret_cast<const char*>(&length), 2);
    out << header;
    out.write(static_cast<const char*>(data.const_data_ptr()), static_cast<std::streamsize>(data.nbytes()));
    out.flush();
    if (!out) {
      std::error_code ignored;
      std::filesystem::remove(aside, ignored);
      throw DataError(file.string() + ": cannot write: " + std::strerror(errno));
    }
  }
  std::filesystem::rename(aside, file);
}

}  // namespace autodidact
