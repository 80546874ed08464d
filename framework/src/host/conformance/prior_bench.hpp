// What the checks of priors share: priors on small grids, and tokens with something to learn.
#pragma once

#include "host/conformance/parts.hpp"

namespace autodidact {

// What a prior is made for.
struct TokenShape {
  Layout layout;
  std::optional<std::int64_t> n_classes = 3;
  std::int64_t code_width = 4;  // d of the first stream's codebook; 0: none. Later streams have none
};
TokenShape prior_grid();       // one stream: K = 8 on 1 x 12
TokenShape prior_two_grids();  // K = 8 on 2 x 3, then K = 6 on 3 x 4
TokenShape prior_tiny_grid();  // K = 3 on 1 x 3: 27 series in all

// (n, N) tokens that follow class and position, one in eight at random; y (n) the classes 0, 1, 2 in turn.
at::Tensor bench_tokens(std::int64_t n, const Layout& layout);
at::Tensor bench_labels(std::int64_t n);

class PriorSubject final : public Guarded<Prior> {
 public:
  PriorSubject(std::unique_ptr<Services> given_services, std::unique_ptr<Prior> made, const Candidate& candidate,
               const TokenShape& shape);

  // One batch; without capability gradient step 0 fits all tokens, and later ones do nothing.
  void calls(std::int64_t step, const Use& use) override;
  State answers() override;  // samples, and what the prior says of tokens
  std::vector<at::Tensor> given() override;
  at::Tensor sample(std::int64_t n, const at::Tensor& y, std::int64_t first) { return sample(n, y, first, sample_); }
  at::Tensor sample(std::int64_t n, const at::Tensor& y, std::int64_t first, const Params& values);
  const at::Tensor& tokens() const { return tokens_; }
  const at::Tensor& y() const { return y_; }

 private:
  bool gradient_;
  Params sample_;
  at::Tensor tokens_, y_, mask_;  // (16, N), (16) or nothing, (16, N)
};

class PriorWorkshop final : public KindWorkshop {
 public:
  using KindWorkshop::KindWorkshop;
  std::unique_ptr<Subject> make(const Making& making = {}) const override { return make_for(prior_grid(), making); }
  std::unique_ptr<PriorSubject> make_for(const TokenShape& shape, const Making& making = {}) const;
  // After a few steps, or fitted once; in eval mode.
  std::unique_ptr<PriorSubject> frozen(const TokenShape& shape, std::int64_t steps = kBenchSteps) const;
  std::unique_ptr<Prior> bare(Services& services) const;  // without its guard, for prior_grid()
  bool conditional() const { return can("conditional"); }
  void add_checks(Suite& suite) const override;

 private:
  void add_sampling_checks(Suite& suite) const;
  void add_likelihood_checks(Suite& suite) const;
};

}  // namespace autodidact
