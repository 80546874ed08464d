// What the prior thinks of the test tokens.
#pragma once

#include <vector>

#include "metrics/measure.hpp"
#include "protocol/objects.hpp"
#include "results/record.hpp"

namespace autodidact {

// Log-probability of the true token and whether it was the most likely one, at positions hidden by fixed masks: ratios
// 0.25, 0.5, 0.75, 1.0 of each stream's positions, the same masks for every method with this grid. Puts
// nll/<ratio>/{mask, <stream>/log_prob, <stream>/hit} into the record. Empty where the prior cannot answer.
std::vector<MeasureInput::MaskedScore> masked_scores(Prior& prior, const Layout& layout, const at::Tensor& tokens,
                                                     const at::Tensor& y, std::int64_t block, Record& record);
// (N) nats per series, or undefined. Puts nll/exact.
at::Tensor exact_scores(Prior& prior, const at::Tensor& tokens, const at::Tensor& y, std::int64_t block,
                        Record& record);

}  // namespace autodidact
