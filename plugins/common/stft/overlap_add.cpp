#include "common/stft/overlap_add.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

namespace autodidact::stft {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

struct OverlapAdd : torch::autograd::Function<OverlapAdd> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& pieces, std::int64_t hop) {
    const std::int64_t rows = pieces.size(0), count = pieces.size(1), width = pieces.size(2);
    ctx->saved_data["hop"] = hop;
    ctx->saved_data["width"] = width;
    const std::int64_t overlap = width / hop;
    at::Tensor sum = at::zeros({rows, count + overlap - 1, hop}, pieces.options());
    for (std::int64_t j = 0; j < overlap; ++j) sum.narrow(1, j, count).add_(pieces.narrow(2, j * hop, hop));
    return sum.view({rows, -1});
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    return {grads[0].unfold(1, ctx->saved_data["width"].toInt(), ctx->saved_data["hop"].toInt()), at::Tensor()};
  }
};

}  // namespace

at::Tensor overlap_add(const at::Tensor& pieces, std::int64_t hop) { return OverlapAdd::apply(pieces, hop); }

}  // namespace autodidact::stft
