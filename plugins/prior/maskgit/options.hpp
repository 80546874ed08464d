// The prior's parameters of the training phase, per stream where they differ.
#pragma once

#include <string>
#include <vector>

#include "autodidact/plugin/plugin.hpp"
#include "masking.hpp"
#include "network.hpp"

namespace autodidact::maskgit {

struct MaskGitOptions {
  std::string network = "thesis";
  std::vector<NetworkOptions> networks;  // one a stream
  MaskingOptions masking;
  bool loss_on_all = false;  // else on masked positions
  double p_unconditional = 0.2;
  double label_smoothing = 0.0;
  bool mean_over_streams = false;  // else the sum of the streams' losses
};

// Parameters as resolved by the host -> options; throws ConfigError with the fix.
MaskGitOptions maskgit_options(const Params& params, const Context& context);

}  // namespace autodidact::maskgit
