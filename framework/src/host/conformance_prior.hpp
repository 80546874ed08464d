// What the checks of priors share: priors on small grids, and tokens with something to learn.
#pragma once

#include "host/conformance_bench.hpp"

namespace autodidact {

Layout prior_grid();       // one stream: K = 8 on 1 x 12
Layout prior_two_grids();  // K = 8 on 2 x 3, then K = 6 on 3 x 4
Layout prior_tiny_grid();  // K = 3 on 1 x 3: 27 series in all

struct PriorBench {
  const Candidate& candidate;

  Subject<Prior> make(const Layout& layout, std::optional<std::int64_t> n_classes, std::uint64_t init = 1) const;
  bool conditional() const { return candidate.info.can("conditional"); }
  bool gradient() const { return candidate.info.can("gradient"); }

  // A prior after a few steps, or fitted once, on bench_tokens.
  Subject<Prior> trained(const Layout& layout, std::optional<std::int64_t> n_classes, std::int64_t steps = 3) const;
  // One step; the total.
  double train_step(const Subject<Prior>& p, const at::Tensor& tokens, const at::Tensor& y, std::int64_t step,
                    BenchOptimizer* optimizer) const;
  at::Tensor sample(const Subject<Prior>& p, std::int64_t n, const at::Tensor& y, std::int64_t first) const;
};

// (n, N) tokens that follow class and position, one in eight at random; y (n) the classes 0, 1, 2 in turn.
at::Tensor bench_tokens(std::int64_t n, const Layout& layout);
at::Tensor bench_labels(std::int64_t n);

void check_prior_answers(const PriorBench& bench, Suite& suite);  // sampling and likelihoods

}  // namespace autodidact
