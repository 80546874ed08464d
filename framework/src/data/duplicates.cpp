#include "data/duplicates.hpp"

#include <ATen/ATen.h>

#include <string_view>
#include <unordered_map>
#include <vector>

namespace autodidact {
namespace {

constexpr std::int64_t kBlock = 1024;

// Rows of train (validation after it), then of test.
struct Rows {
  at::Tensor x;  // (n, C, L)
  at::Tensor y;  // (n) or undefined
  std::int64_t n_train = 0;
  std::int64_t size() const { return x.size(0); }
};

Rows rows_of(const Dataset& data) {
  Rows rows;
  rows.x = at::cat({data.train.x, data.validation.x, data.test.x}).contiguous();
  if (data.train.y.defined()) rows.y = at::cat({data.train.y, data.validation.y, data.test.y}).contiguous();
  rows.n_train = data.train.size() + data.validation.size();
  return rows;
}

// twin[i]: an earlier equal row of the same part; between[i]: for a test row, an equal row of train.
struct Twins {
  std::vector<bool> same_part, between;
};

Twins exact_twins(const Rows& rows, Duplicates& counts) {
  const std::size_t bytes = static_cast<std::size_t>(rows.x[0].numel()) * sizeof(float);
  const auto* data = static_cast<const char*>(rows.x.data_ptr());
  const std::int64_t* y = rows.y.defined() ? rows.y.data_ptr<std::int64_t>() : nullptr;
  std::unordered_map<std::string_view, std::int64_t> first_train, first_test;
  Twins twins{std::vector<bool>(static_cast<std::size_t>(rows.size())), {}};
  twins.between = twins.same_part;
  for (std::int64_t i = 0; i < rows.size(); ++i) {
    const std::string_view row(data + static_cast<std::size_t>(i) * bytes, bytes);
    const bool test = i >= rows.n_train;
    const auto [own, fresh] = (test ? first_test : first_train).emplace(row, i);
    twins.same_part[static_cast<std::size_t>(i)] = !fresh;
    if (!fresh) ++(test ? counts.exact_test : counts.exact_train);
    const auto other = test ? first_train.find(row) : first_train.end();
    if (other != first_train.end()) {
      twins.between[static_cast<std::size_t>(i)] = true;
      ++counts.exact_between;
    }
    const std::int64_t twin = other != first_train.end() ? other->second : fresh ? i : own->second;
    counts.contradicting += y && y[twin] != y[i];
  }
  return twins;
}

// Each channel centred, the whole series of length 1: rows (n, C L). A constant series becomes zeros.
at::Tensor unit_rows(const at::Tensor& x) {
  const at::Tensor centred = (x - x.mean(-1, true)).flatten(1);
  const at::Tensor norm = centred.norm(2, {1}, true);
  const at::Tensor floor = 1e-6 * (x.flatten(1).norm(2, {1}, true) + 1e-30);
  return at::where(norm > floor, centred / norm.clamp_min(1e-30), at::zeros({}, x.options()));
}

}  // namespace

Duplicates count_duplicates(const Dataset& dataset) {
  at::NoGradGuard no_grad;
  Duplicates counts;
  const Rows rows = rows_of(dataset);
  const Twins exact = exact_twins(rows, counts);
  const at::Tensor unit = unit_rows(rows.x);
  const std::int64_t n = rows.size();
  at::Tensor same_part = at::zeros({n}, at::kBool), between = at::zeros({n}, at::kBool);
  for (std::int64_t i = 0; i < n; i += kBlock) {
    const std::int64_t i_end = std::min(i + kBlock, n);
    for (std::int64_t j = 0; j < i_end; j += kBlock) {
      const std::int64_t j_end = std::min(j + kBlock, i_end);
      // near(a, b): row i + a is like the earlier row j + b
      at::Tensor near = (at::matmul(unit.slice(0, i, i_end), unit.slice(0, j, j_end).t()) >= kNear).tril(i - j - 1);
      const at::Tensor row_test = at::arange(i, i_end).ge(rows.n_train).unsqueeze(1);
      const at::Tensor column_test = at::arange(j, j_end).ge(rows.n_train).unsqueeze(0);
      same_part.slice(0, i, i_end).logical_or_((near & (row_test == column_test)).any(1));
      between.slice(0, i, i_end).logical_or_((near & row_test & ~column_test).any(1));
    }
  }
  const bool* near_same = same_part.data_ptr<bool>();
  const bool* near_between = between.data_ptr<bool>();
  for (std::int64_t i = 0; i < n; ++i) {
    const auto k = static_cast<std::size_t>(i);
    if (near_same[i] && !exact.same_part[k]) ++(i < rows.n_train ? counts.near_train : counts.near_test);
    if (near_between[i] && !exact.between[k]) ++counts.near_between;
  }
  return counts;
}

}  // namespace autodidact
