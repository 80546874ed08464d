// What the checks of tokenizers share.
#pragma once

#include "host/conformance/parts.hpp"

namespace autodidact {

struct SeriesShape {
  std::int64_t channels = 1, length = 64;
  std::optional<std::int64_t> n_classes = 3;
};
std::string shape_text(const SeriesShape& shape);  // "(C = 1, L = 64)"

class TokenizerSubject final : public Guarded<Tokenizer> {
 public:
  TokenizerSubject(std::unique_ptr<Services> given_services, std::unique_ptr<Tokenizer> made, const SeriesShape& shape);

  // Two branches, as the protocol trains them: the series quantised, with its codebook updated, and a view of it.
  void calls(std::int64_t step, const Use& use) override;
  State answers() override { return answers(x_); }
  State answers(const at::Tensor& x);  // tokens, decoded series, latents
  std::vector<at::Tensor> given() override { return {x_, view_}; }
  // One pass over `x` as call 0 of step 0.
  View forward(const at::Tensor& x, Path path, bool update_state);
  const at::Tensor& x() const { return x_; }

 private:
  at::Tensor x_, view_;  // (4, C, L)
};

class TokenizerWorkshop final : public KindWorkshop {
 public:
  using KindWorkshop::KindWorkshop;
  std::unique_ptr<Subject> make(const Making& making = {}) const override { return make_for({}, making); }
  std::unique_ptr<TokenizerSubject> make_for(const SeriesShape& shape, const Making& making = {}) const;
  // As settled().
  std::unique_ptr<TokenizerSubject> frozen() const;
  // A tokenizer without its guard: what it gives is seen as it is. Calls must go through Guard::run.
  std::unique_ptr<Tokenizer> bare(Services& services) const;
  void add_checks(Suite& suite) const override;

 private:
  void add_shape_checks(Suite& suite) const;   // and what else one forward pass shows
  void add_frozen_checks(Suite& suite) const;  // encode, decode, latents
};

}  // namespace autodidact
