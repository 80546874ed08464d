// The loss of one step of stage 1: the branches, and what the objective is shown of them (specification of the
// reference, 1.7).
//
//   one branch    total = terms(x)
//   one view      x' = T(x):        total = terms(x) + rho terms(x') + w objective(x, x')
//   two views     x', x'' = T(x):   total = terms(x) + rho (terms(x') + terms(x'')) + w objective(x', x'')
// An objective with w = 0 (the control) keeps the branches and is not called.
#pragma once

#include "protocol/objects.hpp"
#include "protocol/target.hpp"

namespace autodidact {

class Branches {
 public:
  // objective: null where there is none or w = 0; target: null unless the objective needs one. All outlive this.
  Branches(const Run& run, Live<Tokenizer>& tokenizer, Live<Objective>* objective, TargetTokenizer* target)
      : run_(run), tokenizer_(tokenizer), objective_(objective), target_(target) {}

  // x (B, C, L).
  Loss operator()(const at::Tensor& x, const StepInfo& info);

 private:
  struct Side {  // one of the two that the objective compares
    const View* view;
    at::Tensor x;
    std::int64_t call;
  };

  View forward(const at::Tensor& x, Path path, bool update, StepInfo info, std::int64_t call);
  at::Tensor augmented(const at::Tensor& x, const StepInfo& info, std::int64_t call) const;
  bool shows_quantised(std::int64_t call) const;
  Embedding embed(const View& view, bool quantised) const;
  void add_objective(Loss& loss, const Side& a, const Side& b, const StepInfo& info);

  const Run& run_;
  Live<Tokenizer>& tokenizer_;
  Live<Objective>* objective_;
  TargetTokenizer* target_;
};

}  // namespace autodidact
