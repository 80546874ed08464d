#include "results/number_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace autodidact {

namespace {

// Decimals that show `digits` significant digits of a size.
int decimals_for(double size, int digits) { return digits - 1 - static_cast<int>(std::floor(std::log10(size))); }

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

std::string short_number(double value) {
  if (!std::isfinite(value)) return "-";
  const double size = std::fabs(value);
  if (size == 0) return "0";
  if (size < 1e-4 || size >= 1e6) return fmt::format("{:.1e}", value);
  return fmt::format("{:.{}f}", value, std::clamp(decimals_for(size, 3), 0, 6));
}

ColumnFormat::ColumnFormat(const Leaderboard& board, const std::string& dataset, const BoardColumn& column)
    : scale_(column.scale()) {
  std::vector<double> means, deviations;
  for (const std::string& row : board.rows) {
    const Cell& cell = board.cell(dataset, row, column);
    if (std::isfinite(cell.mean) && cell.mean != 0) means.push_back(std::fabs(cell.mean) * scale_);
    if (std::isfinite(cell.std) && cell.std > 0) deviations.push_back(cell.std * scale_);
  }
  if (means.empty()) decimals_ = scale_ == 1.0 ? 3 : 1;
  if (means.empty()) return;
  const double typical = median(means);
  scientific_ = typical < 1e-4 || typical >= 1e6;
  const int of_mean = decimals_for(typical, 3);
  // Never more than four digits of the mean, never fewer than two.
  decimals_ = deviations.empty() ? of_mean : std::clamp(decimals_for(median(deviations), 2), of_mean - 1, of_mean + 1);
  decimals_ = std::clamp(decimals_, 0, 6);
}

std::string ColumnFormat::value(double v) const {
  if (!std::isfinite(v)) return "-";
  return scientific_ ? fmt::format("{:.2e}", v * scale_) : fmt::format("{:.{}f}", v * scale_, decimals_);
}

std::string ColumnFormat::difference(double v) const {
  if (!std::isfinite(v)) return "-";
  const std::string size = value(std::fabs(v));
  const bool zero = size.find_first_of("123456789") == std::string::npos;
  return (zero ? "" : v > 0 ? "+" : "−") + size;
}

std::string ColumnFormat::floor(double v) const {
  if (!std::isfinite(v)) return "-";
  const double size = std::fabs(v * scale_);
  const bool lost = !scientific_ && size != 0 && size < std::pow(10.0, 1 - decimals_);
  return lost ? short_number(v * scale_) : value(v);
}

std::string column_title(const BoardColumn& column) {
  const char* arrow = !column.ranked ? "" : column.direction == "lower" ? " ↓" : " ↑";
  return column.title + (column.unit == "share" ? " %" : "") + arrow;
}

std::string absent_text(const Cell& cell) {
  if (!cell.values.empty()) return "";
  if (cell.seeds == 0) return cell.failed > 0 ? "failed" : "missing";
  return cell.note.empty() ? "-" : "undefined";
}

std::string count_text(const Cell& cell) {
  const std::size_t asked = cell.seeds + cell.failed + cell.missing;
  return cell.values.empty() || cell.whole() ? "" : fmt::format(" ({} of {})", cell.values.size(), asked);
}

}  // namespace autodidact
