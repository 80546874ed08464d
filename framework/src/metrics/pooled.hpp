// The statistics of the published TimeVQVAE evaluation: other measures than TSGBench's of
// the same names, hence under other ones. All values of a set are pooled; series are (N, C, L).
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact {

double mdd_kde(const at::Tensor& real, const at::Tensor& generated);    // Gaussian KDE (Scott), 100 points
double acd_raw(const at::Tensor& real, const at::Tensor& generated);    // neither centred nor normalised; grows with L
double sd_pooled(const at::Tensor& real, const at::Tensor& generated);  // biased moments
double kd_pooled(const at::Tensor& real, const at::Tensor& generated);

}  // namespace autodidact
