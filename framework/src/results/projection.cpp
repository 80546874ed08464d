#include "results/projection.hpp"

#include <cmath>
#include <cstring>

namespace autodidact {

namespace {

using Matrix = std::vector<std::vector<double>>;

Matrix rows_of(const Array& array) {
  const std::size_t n = array.shape.empty() ? 0 : static_cast<std::size_t>(array.shape[0]);
  const std::size_t width = n == 0 ? 0 : static_cast<std::size_t>(array.count()) / n;
  Matrix rows(n, std::vector<double>(width));
  for (std::size_t i = 0; i < n * width; ++i) {
    double value = 0;
    if (array.type == Type::f32) {
      float f = 0;
      std::memcpy(&f, array.data.data() + i * sizeof f, sizeof f);
      value = f;
    } else {
      std::memcpy(&value, array.data.data() + i * sizeof value, sizeof value);
    }
    rows[i / width][i % width] = value;
  }
  return rows;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

void subtract(Matrix& rows, const std::vector<double>& mean) {
  for (auto& row : rows)
    for (std::size_t j = 0; j < row.size(); ++j) row[j] -= mean[j];
}

// Power iteration on X'X, kept orthogonal to `other`. Returns the axis and its variance (times n).
std::pair<std::vector<double>, double> leading_axis(const Matrix& x, const std::vector<double>* other) {
  const std::size_t width = x.front().size();
  std::vector<double> axis(width);
  for (std::size_t j = 0; j < width; ++j) axis[j] = 1.0 + 0.01 * static_cast<double>(j % 7);  // any start that is not a null vector
  double strength = 0;
  for (int iteration = 0; iteration < 200; ++iteration) {
    if (other) {
      const double along = dot(axis, *other);
      for (std::size_t j = 0; j < width; ++j) axis[j] -= along * (*other)[j];
    }
    const double length = std::sqrt(dot(axis, axis));
    if (length == 0) break;
    for (double& a : axis) a /= length;
    std::vector<double> next(width, 0.0);
    for (const auto& row : x) {
      const double along = dot(row, axis);
      for (std::size_t j = 0; j < width; ++j) next[j] += along * row[j];
    }
    const double now = std::sqrt(dot(next, next));
    if (std::fabs(now - strength) <= 1e-9 * now) break;
    strength = now;
    if (now == 0) break;
    axis = next;
  }
  const double length = std::sqrt(dot(axis, axis));
  if (length > 0)
    for (double& a : axis) a /= length;
  return {axis, strength};
}

}  // namespace

Projection project(const Array& real_array, const Array& generated_array) {
  Projection result;
  Matrix real = rows_of(real_array), generated = rows_of(generated_array);
  if (real.empty() || real.front().empty()) return result;
  std::vector<double> mean(real.front().size(), 0.0);
  for (const auto& row : real)
    for (std::size_t j = 0; j < row.size(); ++j) mean[j] += row[j] / static_cast<double>(real.size());
  subtract(real, mean);
  subtract(generated, mean);
  const auto [first, first_strength] = leading_axis(real, nullptr);
  const auto [second, second_strength] = leading_axis(real, &first);
  for (const auto& row : real) result.real.push_back({dot(row, first), dot(row, second)});
  for (const auto& row : generated) result.generated.push_back({dot(row, first), dot(row, second)});
  double total = 0;
  for (const auto& row : real) total += dot(row, row);
  result.explained = total > 0 ? (first_strength + second_strength) / total : 0;
  return result;
}

}  // namespace autodidact
