#include "bridge.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace autodidact::markov {

void bridge(const ContextTree& tree, std::int64_t codes, const std::int64_t* tokens, const bool* hidden,
            std::int64_t length, double* out) {
  const auto K = static_cast<std::ptrdiff_t>(codes);
  double* row = out;
  for (std::int64_t i = 0; i < length; ++i) {  // p(token | visible tokens before), which sums to 1
    if (!hidden[i]) continue;
    if (i > 0 && hidden[i - 1])
      tree.forward(i, row - K, row);
    else
      tree.distribution(tokens, i, row);
    row += K;
  }
  // Times p(visible tokens after | token), up to a factor that is taken out at every position.
  std::vector<double> next(static_cast<std::size_t>(K)), after(static_cast<std::size_t>(K));
  for (std::int64_t i = length - 1; i >= 0; --i) {
    if (!hidden[i]) continue;
    row -= K;
    if (i + 1 == length) {
      std::fill(after.begin(), after.end(), 1.0);
      continue;
    }
    if (hidden[i + 1]) {
      next = after;
    } else {
      std::fill(next.begin(), next.end(), 0.0);
      next[static_cast<std::size_t>(tokens[i + 1])] = 1.0;
    }
    tree.backward(i + 1, next.data(), after.data());
    const double largest = *std::max_element(after.begin(), after.end());
    if (largest > 0.0)
      for (double& value : after) value /= largest;
    const double sum = std::inner_product(after.begin(), after.end(), row, 0.0);
    if (sum > 0.0)
      for (std::ptrdiff_t k = 0; k < K; ++k) row[k] *= after[static_cast<std::size_t>(k)] / sum;
  }
}

}  // namespace autodidact::markov
