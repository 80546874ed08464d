#include "results/projection.hpp"

#include <cmath>
#include <cstring>

#include "autodidact/plugin/error.hpp"

namespace autodidact {

namespace {

using Row = std::vector<double>;
using Matrix = std::vector<Row>;

Matrix rows_of(const Array& array) {
  if (array.type != Type::f32 && array.type != Type::f64) throw DataError("features to project: expected f32 or f64");
  const std::size_t n = array.shape.empty() ? 0 : static_cast<std::size_t>(array.shape[0]);
  const std::size_t width = n == 0 ? 0 : static_cast<std::size_t>(array.count()) / n;
  Matrix rows(n, Row(width));
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

double dot(const Row& a, const Row& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

void subtract(Matrix& rows, const Row& mean) {
  for (Row& row : rows)
    for (std::size_t j = 0; j < row.size(); ++j) row[j] -= mean[j];
}

void make_orthogonal(Row& axis, const Row* other) {
  if (!other) return;
  const double along = dot(axis, *other);
  for (std::size_t j = 0; j < axis.size(); ++j) axis[j] -= along * (*other)[j];
}

bool normalise(Row& axis) {
  const double length = std::sqrt(dot(axis, axis));
  if (!(length > 0)) return false;
  for (double& a : axis) a /= length;
  return true;
}

// Sum of squares along an axis.
double strength(const Matrix& x, const Row& axis) {
  double sum = 0;
  for (const Row& row : x) sum += dot(row, axis) * dot(row, axis);
  return sum;
}

// Power iteration on X'X, kept orthogonal to `other`; zero where nothing is left. It starts from the longest row, which
// cannot be orthogonal to everything the rows span.
Row leading_axis(const Matrix& x, const Row* other) {
  Row axis(x.front().size(), 0.0);
  double longest = 0;
  for (Row row : x) {
    make_orthogonal(row, other);
    if (const double length = dot(row, row); length > longest) {
      longest = length;
      axis = row;
    }
  }
  if (!normalise(axis)) return axis;
  for (int iteration = 0; iteration < 300; ++iteration) {
    Row next(axis.size(), 0.0);
    for (const Row& row : x) {
      const double along = dot(row, axis);
      for (std::size_t j = 0; j < next.size(); ++j) next[j] += along * row[j];
    }
    make_orthogonal(next, other);
    if (!normalise(next)) break;
    const double agreement = std::fabs(dot(next, axis));
    axis = std::move(next);
    if (1.0 - agreement < 1e-13) break;
  }
  return axis;
}

}  // namespace

Projection project(const Array& real_array, const Array& generated_array) {
  Projection result;
  Matrix real = rows_of(real_array), generated = rows_of(generated_array);
  if (real.empty() || real.front().empty()) return result;
  const std::size_t width = real.front().size();
  if (!generated.empty() && generated.front().size() != width)
    throw DataError("features to project: " + std::to_string(width) + " columns of real series, " +
                    std::to_string(generated.front().size()) + " of generated ones");
  Row mean(width, 0.0);
  for (const Row& row : real)
    for (std::size_t j = 0; j < width; ++j) mean[j] += row[j] / static_cast<double>(real.size());
  subtract(real, mean);
  subtract(generated, mean);
  const Row first = leading_axis(real, nullptr), second = leading_axis(real, &first);
  for (const Row& row : real) result.real.push_back({dot(row, first), dot(row, second)});
  for (const Row& row : generated) result.generated.push_back({dot(row, first), dot(row, second)});
  double total = 0;
  for (const Row& row : real) total += dot(row, row);
  if (total > 0) result.explained = {strength(real, first) / total, strength(real, second) / total};
  return result;
}

}  // namespace autodidact
