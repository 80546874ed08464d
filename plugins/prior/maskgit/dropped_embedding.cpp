#include "dropped_embedding.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "common/nn/clones.hpp"

namespace autodidact::maskgit {
namespace {

// A permutation of 32-bit numbers under two keys: shifts and products as in the finish of common hash functions.
AUTODIDACT_NN_INLINE std::uint32_t mixed(std::uint32_t x, std::uint32_t first, std::uint32_t second) {
  x ^= first;
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x ^= second;
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}

template <class T>
struct Rows {
  const T* from;
  T* to;
  const std::int64_t* ids;
  std::int64_t width, mask_id;
  std::uint32_t first, second, limit;  // an entry is kept where its number is at least `limit`
  T scale;

  // Factor of entry j of row r.
  AUTODIDACT_NN_INLINE T factor(std::int64_t r, std::int64_t j) const {
    const auto place = static_cast<std::uint32_t>(r * width + j);
    return scale * static_cast<T>(mixed(place, first, second) >= limit ? 1 : 0);
  }
};

template <class T>
AUTODIDACT_NN_INLINE void look_up(const Rows<T>& f, std::int64_t rows) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const T* from = f.from + f.ids[r] * f.width;
    T* to = f.to + r * f.width;
    if (f.ids[r] == f.mask_id)
      for (std::int64_t j = 0; j < f.width; ++j) to[j] = from[j];
    else
      for (std::int64_t j = 0; j < f.width; ++j) to[j] = from[j] * f.factor(r, j);
  }
}
// The transpose: from (rows, E), to the gradient of the table, added to in the order of the rows.
template <class T>
AUTODIDACT_NN_INLINE void add_up(const Rows<T>& f, std::int64_t rows) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const T* from = f.from + r * f.width;
    T* to = f.to + f.ids[r] * f.width;
    if (f.ids[r] == f.mask_id)
      for (std::int64_t j = 0; j < f.width; ++j) to[j] += from[j];
    else
      for (std::int64_t j = 0; j < f.width; ++j) to[j] += from[j] * f.factor(r, j);
  }
}

AUTODIDACT_NN_CLONES void run(const Rows<float>& f, std::int64_t rows) { look_up(f, rows); }
AUTODIDACT_NN_CLONES void run_backward(const Rows<float>& f, std::int64_t rows) { add_up(f, rows); }
void run(const Rows<double>& f, std::int64_t rows) { look_up(f, rows); }
void run_backward(const Rows<double>& f, std::int64_t rows) { add_up(f, rows); }

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

template <class T>
Rows<T> rows_of(const at::Tensor& ids, std::int64_t width, std::int64_t mask_id, std::int64_t key, double p) {
  return {.from = nullptr,
          .to = nullptr,
          .ids = ids.data_ptr<std::int64_t>(),
          .width = width,
          .mask_id = mask_id,
          .first = static_cast<std::uint32_t>(key),
          .second = static_cast<std::uint32_t>(key >> 32),
          .limit = static_cast<std::uint32_t>(std::lround(p * 4294967295.0)),
          .scale = static_cast<T>(1.0 / (1.0 - p))};
}

template <class T>
at::Tensor forward_of(const at::Tensor& table, const at::Tensor& ids, Rows<T> f) {
  at::Tensor out = at::empty({ids.size(0), ids.size(1), f.width}, table.options());
  f.from = table.data_ptr<T>();
  f.to = out.data_ptr<T>();
  run(f, ids.numel());
  return out;
}
template <class T>
at::Tensor backward_of(const at::Tensor& grad, const at::Tensor& ids, std::int64_t table_rows, Rows<T> f) {
  at::Tensor out = at::zeros({table_rows, f.width}, grad.options());
  f.from = grad.data_ptr<T>();
  f.to = out.data_ptr<T>();
  run_backward(f, ids.numel());
  return out;
}

struct DroppedEmbedding : torch::autograd::Function<DroppedEmbedding> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& table, const at::Tensor& ids, std::int64_t mask_id,
                            double p, std::int64_t key) {
    ctx->save_for_backward({ids});
    ctx->saved_data["rows"] = table.size(0);
    ctx->saved_data["mask_id"] = mask_id;
    ctx->saved_data["p"] = p;
    ctx->saved_data["key"] = key;
    const std::int64_t E = table.size(1);
    if (table.scalar_type() == at::kDouble) return forward_of(table, ids, rows_of<double>(ids, E, mask_id, key, p));
    return forward_of(table, ids, rows_of<float>(ids, E, mask_id, key, p));
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const at::Tensor ids = ctx->get_saved_variables()[0], grad = grads[0].contiguous();
    const std::int64_t rows = ctx->saved_data["rows"].toInt(), mask_id = ctx->saved_data["mask_id"].toInt(),
                       key = ctx->saved_data["key"].toInt(), E = grad.size(2);
    const double p = ctx->saved_data["p"].toDouble();
    const at::Tensor out = grad.scalar_type() == at::kDouble
                               ? backward_of(grad, ids, rows, rows_of<double>(ids, E, mask_id, key, p))
                               : backward_of(grad, ids, rows, rows_of<float>(ids, E, mask_id, key, p));
    return {out, at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

at::Tensor dropped_embedding(const at::Tensor& table, const at::Tensor& ids, std::int64_t mask_id, double p) {
  at::Tensor key = at::empty({1}, at::TensorOptions().dtype(at::kLong));
  key.random_();
  return DroppedEmbedding::apply(table, ids.contiguous(), mask_id, p, key.item<std::int64_t>());
}

}  // namespace autodidact::maskgit
