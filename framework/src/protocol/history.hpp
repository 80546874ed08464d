// Means over the steps of an epoch, row by row, restorable in the middle of an epoch.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "autodidact/plugin/types.hpp"
#include "results/record.hpp"

namespace autodidact {

class History {
 public:
  void add(const Loss& loss);  // one step
  void close_epoch(std::int64_t epoch, std::int64_t step, double lr, double seconds);
  double last_total() const { return last_total_; }

  Table table() const;             // closed epochs
  void put(Record& record) const;  // for a checkpoint
  void restore(const Record& record);

 private:
  struct Mean {
    double sum = 0;
    std::int64_t count = 0;
  };
  void add(const std::string& name, const at::Tensor& value);
  std::vector<std::string> order_;  // columns by first appearance
  std::map<std::string, Mean> open_;
  std::map<std::string, std::vector<double>> rows_;  // NaN where a column was absent in an epoch
  std::vector<std::int64_t> epochs_, steps_;
  std::vector<double> lr_, seconds_;
  double last_total_ = 0;
};

}  // namespace autodidact
