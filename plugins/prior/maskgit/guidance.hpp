// Logits of a pass under a class: classifier-free guidance (J. Ho, T. Salimans, 2022,
// https://arxiv.org/abs/2207.12598).
#pragma once

#include "network.hpp"

namespace autodidact::maskgit {

// What samples are asked to be. `scale` 1 is the network's answer to `classes` as it is.
struct Guidance {
  at::Tensor classes;        // (B) int64 in [0, none]
  std::int64_t none = 0;     // the id that says "no class"
  bool conditional = false;  // else all of `classes` are `none`
  double scale = 1.0;
};

// Logits (R, K) at flat rows of ids (B, N): l_none + scale (l_class - l_none).
at::Tensor guided_logits(const Pass& pass, const Guidance& guidance, const at::Tensor& ids, const at::Tensor& rows);

// A code for each of `rows` from the softmax of these logits, by its number of `uniform` (R).
transformer::Draw guided_draw(const Pass& pass, const Guidance& guidance, const at::Tensor& ids, const at::Tensor& rows,
                              const at::Tensor& uniform);

// (B N, K) logits where all N tokens of K are masked and no stream came before: they depend on the class alone, so one
// pass over the classes serves every series.
at::Tensor first_logits(const Pass& pass, const Guidance& guidance, std::int64_t tokens, std::int64_t codes);

}  // namespace autodidact::maskgit
