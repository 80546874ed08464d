// Reference values this plugin can be compared with.
#pragma once

#include "autodidact/plugin/golden.hpp"

namespace autodidact::maskgit {

GoldenResult golden_decode_counts(const GoldenCase& golden);    // maskgit_schedule: decode_<schedule>
GoldenResult golden_training_counts(const GoldenCase& golden);  // maskgit_schedule: training_N<N>
GoldenResult golden_remask(const GoldenCase& golden);           // maskgit_schedule: remask_*
GoldenResult golden_thesis_network(const GoldenCase& golden);   // arch_thesis: prior_token_*, prior_full_embedding_*
GoldenResult golden_tvq24_network(const GoldenCase& golden);    // arch_timevqvae: prior_lf_*, prior_hf_*

}  // namespace autodidact::maskgit
