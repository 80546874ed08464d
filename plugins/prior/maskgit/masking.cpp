#include "masking.hpp"

#include <ATen/ATen.h>

#include <stdexcept>

namespace autodidact::maskgit {

MaskRatio mask_ratio_named(const std::string& name) {
  if (name == "series") return MaskRatio::series;
  if (name == "batch") return MaskRatio::batch;
  throw std::invalid_argument("mask_ratio '" + name + "' is unknown; known: series, batch");
}

std::vector<std::int64_t> draw_counts(std::int64_t batch, std::int64_t tokens, const MaskingOptions& options,
                                      const at::Generator& generator) {
  const bool one = options.ratio == MaskRatio::batch;
  const at::Tensor ratios = at::rand({one ? 1 : batch}, generator, at::TensorOptions().dtype(at::kDouble));
  const double* ratio = ratios.const_data_ptr<double>();
  std::vector<std::int64_t> counts(static_cast<std::size_t>(batch));
  for (std::size_t b = 0; b < counts.size(); ++b)
    counts[b] = masked_in_training(options.schedule, options.convention, tokens, ratio[one ? 0 : b]);
  return counts;
}

at::Tensor random_mask(const std::vector<std::int64_t>& counts, std::int64_t tokens, const at::Generator& generator) {
  const auto batch = static_cast<std::int64_t>(counts.size());
  // The order of random numbers is a random permutation of each row; its first counts[b] entries are masked.
  const at::Tensor order =
      at::rand({batch, tokens}, generator, at::TensorOptions().dtype(at::kDouble)).argsort(/*stable=*/true, 1);
  const at::Tensor limit = at::tensor(counts, at::TensorOptions().dtype(at::kLong)).unsqueeze(1);  // (B, 1)
  const at::Tensor chosen = at::arange(tokens).unsqueeze(0) < limit;                               // (B, N) by rank
  return at::zeros({batch, tokens}, at::TensorOptions().dtype(at::kBool)).scatter_(1, order, chosen);
}

at::Tensor lowest(const at::Tensor& scores, std::int64_t n) {
  const at::Tensor order = scores.argsort(/*stable=*/true, 1);
  return std::get<0>(order.narrow(1, 0, n).sort(1));
}

}  // namespace autodidact::maskgit
