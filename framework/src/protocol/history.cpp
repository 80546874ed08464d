#include "protocol/history.hpp"

#include <ATen/ATen.h>

#include <limits>

namespace autodidact {

namespace {
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
}

void History::add(const std::string& name, const at::Tensor& value) {
  if (!open_.count(name) && !rows_.count(name)) order_.push_back(name);
  Mean& mean = open_[name];
  mean.sum += value.item<double>();
  ++mean.count;
}

void History::add(const Loss& loss) {
  const at::NoGradGuard no_grad;
  last_total_ = loss.total.item<double>();
  add("total", loss.total);
  for (const auto& [name, value] : loss.terms) add(name, value);
  for (const auto& [name, value] : loss.logs) add(name, value);
}

void History::close_epoch(std::int64_t epoch, std::int64_t step, double lr, double seconds) {
  for (const std::string& name : order_) {
    std::vector<double>& column = rows_[name];
    column.resize(epochs_.size(), kNone);
    const auto found = open_.find(name);
    column.push_back(found == open_.end() ? kNone : found->second.sum / static_cast<double>(found->second.count));
  }
  epochs_.push_back(epoch);
  steps_.push_back(step);
  lr_.push_back(lr);
  seconds_.push_back(seconds);
  open_.clear();
}

Table History::table() const {
  Table table;
  auto put = [&](const std::string& name, Column column) {
    table.names.push_back(name);
    table.columns.push_back(std::move(column));
  };
  put("epoch", epochs_);
  put("step", steps_);
  for (const std::string& name : order_) {
    const auto found = rows_.find(name);
    if (found != rows_.end()) put(name, found->second);
  }
  put("lr", lr_);
  put("seconds", seconds_);
  return table;
}

void History::put(Record& record) const {
  if (!epochs_.empty()) record.tables["history"] = table();
  Table open;
  open.names = {"name", "sum", "count"};
  std::vector<std::string> names;
  std::vector<double> sums;
  std::vector<std::int64_t> counts;
  for (const std::string& name : order_) {
    const auto found = open_.find(name);
    names.push_back(name);
    sums.push_back(found == open_.end() ? 0.0 : found->second.sum);
    counts.push_back(found == open_.end() ? 0 : found->second.count);
  }
  if (names.empty()) return;
  open.columns = {names, sums, counts};
  record.tables["open_epoch"] = std::move(open);
}

void History::restore(const Record& record) {
  *this = History();
  const auto open = record.tables.find("open_epoch");
  if (open == record.tables.end()) return;
  order_ = std::get<std::vector<std::string>>(open->second.columns[0]);
  const auto& sums = std::get<std::vector<double>>(open->second.columns[1]);
  const auto& counts = std::get<std::vector<std::int64_t>>(open->second.columns[2]);
  for (std::size_t i = 0; i < order_.size(); ++i)
    if (counts[i] > 0) open_[order_[i]] = {sums[i], counts[i]};
  const auto closed = record.tables.find("history");
  if (closed == record.tables.end()) return;
  const Table& table = closed->second;
  epochs_ = std::get<std::vector<std::int64_t>>(*table.find("epoch"));
  steps_ = std::get<std::vector<std::int64_t>>(*table.find("step"));
  lr_ = std::get<std::vector<double>>(*table.find("lr"));
  seconds_ = std::get<std::vector<double>>(*table.find("seconds"));
  for (const std::string& name : order_)
    if (const Column* column = table.find(name)) rows_[name] = std::get<std::vector<double>>(*column);
}

}  // namespace autodidact
