#include "guidance.hpp"

#include <ATen/ATen.h>

namespace autodidact::maskgit {

namespace {
bool plain(const Guidance& g) { return g.scale == 1.0 || !g.conditional; }
}  // namespace

at::Tensor guided_logits(const Pass& pass, const Guidance& g, const at::Tensor& ids, const at::Tensor& rows) {
  if (plain(g)) return pass.logits(ids, g.classes, rows);
  // Both branches in one call: first with the class, then without.
  const at::Tensor none = at::full_like(g.classes, g.none);
  const at::Tensor both =
      pass.logits(at::cat({ids, ids}), at::cat({g.classes, none}), at::cat({rows, rows + ids.numel()}));
  const at::Tensor with = both.narrow(0, 0, rows.size(0)), without = both.narrow(0, rows.size(0), rows.size(0));
  return without + g.scale * (with - without);
}

transformer::Draw guided_draw(const Pass& pass, const Guidance& g, const at::Tensor& ids, const at::Tensor& rows,
                              const at::Tensor& uniform) {
  if (plain(g)) return pass.draw(ids, g.classes, rows, uniform);
  return transformer::draw_categorical(at::softmax(guided_logits(pass, g, ids, rows), -1), uniform);
}

at::Tensor first_logits(const Pass& pass, const Guidance& g, std::int64_t tokens, std::int64_t codes) {
  const std::int64_t distinct = g.conditional ? g.none : 1, n = g.classes.size(0);
  Guidance each = g;
  each.classes = g.conditional ? at::arange(distinct, g.classes.options()) : g.classes.narrow(0, 0, 1);
  const at::Tensor ids = at::full({distinct, tokens}, codes, g.classes.options());
  const at::Tensor rows = at::arange(distinct * tokens, g.classes.options());
  const at::Tensor of_class = guided_logits(pass, each, ids, rows).view({distinct, tokens, codes});
  const at::Tensor which = g.conditional ? g.classes : at::zeros_like(g.classes);
  return of_class.index_select(0, which).view({n * tokens, codes});
}

}  // namespace autodidact::maskgit
