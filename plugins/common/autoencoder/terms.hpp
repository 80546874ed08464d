// Loss terms and logs as tokenizers name and weigh them.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "autodidact/plugin/tokenizer.hpp"
#include "common/vq/codebook.hpp"

namespace autodidact::autoencoder {

// How one reconstruction error enters the loss: the mean of squares, or of absolute values.
struct Term {
  double weight = 1.0;
  bool absolute = false;
};

// Appends weight * mean error of a and b, with `share` as a further factor; nothing at weight 0.
void add_error(const std::string& name, const Term& term, const at::Tensor& a, const at::Tensor& b, View& view,
               double share = 1.0);
// Appends a term that is there already; nothing at weight 0.
void add_weighted(const std::string& name, double weight, const at::Tensor& value, View& view);
// perplexity and codes_used, with `suffix` behind each name.
void add_usage(const std::string& suffix, const vq::Usage& usage, View& view);
// total = the sum of the terms, in their order.
void add_up(View& view);

}  // namespace autodidact::autoencoder
