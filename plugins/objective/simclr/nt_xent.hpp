// The loss of SimCLR, NT-Xent, as a function of two embeddings.
//   T. Chen et al., A Simple Framework for Contrastive Learning of Visual Representations, ICML 2020,
//   https://arxiv.org/abs/2002.05709, equation 1 and Algorithm 1.
//
// With u_1 .. u_2B the unit vectors of both views' rows and s_ij = <u_i, u_j> / temperature,
//   l(i, j) = -log( exp(s_ij) / sum_{k != i} exp(s_ik) )            (1)
//   loss = 1/(2B) sum over the positive pairs (i, j), each in both orders, of l(i, j)
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact::simclr {

// a, b: (B, F), float32 or float64; row i of one is the positive of row i of the other. A scalar with graph.
//
// The similarities are one product (2B x F) (F x 2B), taken in blocks of rows where 2B is large, so that no matrix of
// more than kRows x 2B is held. The gradient is written out and computed with the loss, while a block is at hand.
at::Tensor nt_xent(const at::Tensor& a, const at::Tensor& b, double temperature);

inline constexpr std::int64_t kRows = 1024;

}  // namespace autodidact::simclr
