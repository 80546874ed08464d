// What the checks of objectives share.
#pragma once

#include "host/conformance/parts.hpp"

namespace autodidact {

enum class Pool { avgmax, avg };

// What an objective is made for.
struct ViewShape {
  Layout layout;
  Pool pool = Pool::avgmax;
  std::optional<std::int64_t> n_classes = 3;
};
ViewShape one_stream();
ViewShape two_streams();

// Two embeddings of what views share plus a little noise of their own; leaves with gradient. With the capability
// target_tokenizer also those of the target, without.
ObjectiveInput view_pair(const Candidate& candidate, const ViewShape& shape, std::int64_t batch, std::int64_t step);

class ObjectiveSubject final : public Guarded<Objective> {
 public:
  ObjectiveSubject(std::unique_ptr<Services> given_services, std::unique_ptr<Objective> made, ObjectiveInput input)
      : Guarded(std::move(given_services), std::move(made)), input_(std::move(input)) {}

  void calls(std::int64_t step, const Use& use) override;
  void after_step(std::int64_t step) override;
  State answers() override;  // the loss in eval mode
  std::vector<at::Tensor> given() override;
  Loss loss_of(const ObjectiveInput& input);

 private:
  ObjectiveInput input_;
};

class ObjectiveWorkshop final : public KindWorkshop {
 public:
  using KindWorkshop::KindWorkshop;
  std::unique_ptr<Subject> make(const Making& making = {}) const override { return make_for(one_stream(), making); }
  std::unique_ptr<ObjectiveSubject> make_for(const ViewShape& shape, const Making& making = {}) const;
  std::unique_ptr<Objective> bare(Services& services) const;  // without its guard, for one_stream()
  ObjectiveInput pair(std::int64_t batch = 16, std::int64_t step = 0) const;
  void add_checks(Suite& suite) const override;
};

}  // namespace autodidact
