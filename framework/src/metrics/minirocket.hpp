// MiniRocket features (Dempster, Schmidt, Webb 2021, arXiv 2012.08791): 84 fixed kernels of length 9, of each the share
// of outputs above some biases.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace autodidact {

struct MiniRocketBank {
  std::vector<std::int64_t> dilations;
  std::vector<std::int64_t> per_kernel;  // biases of each kernel, one number a dilation
  std::vector<float> biases;             // by dilation, then kernel, then bias
  // By dilation, then kernel: the channels whose sum it sees. Empty: the one channel there is.
  std::vector<std::vector<std::int64_t>> channels;
  std::int64_t features() const { return static_cast<std::int64_t>(biases.size()); }
};

// Dilations from the length, biases from quantiles of the kernels' outputs on series drawn from train (N, C, L) by a
// seed fixed for this shape; at most `count` features, a multiple of 84.
// differs: for C > 1 a kernel sees the sum of 2^U(0, log2(min(C, 9) + 1)) channels, as in the authors' second program.
MiniRocketBank minirocket_bank(const at::Tensor& train, std::int64_t count);
std::string minirocket_digest(const MiniRocketBank& bank);  // sha256

// x (N, C, L) -> (N, features) float64, each in [0, 1]. Arithmetic in float32, in the order of the authors' program.
at::Tensor minirocket_features(const MiniRocketBank& bank, const at::Tensor& x);

}  // namespace autodidact
