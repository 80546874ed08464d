#pragma once

namespace autodidact::autoencoder {

// How a block is run.
struct Mode {
  bool training = false;
  double dropout = 0.0;
};

}  // namespace autodidact::autoencoder
