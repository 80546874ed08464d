#include <ATen/ATen.h>

#include "golden.hpp"
#include "masking.hpp"
#include "schedule.hpp"

namespace autodidact::maskgit {

GoldenResult golden_decode_counts(const GoldenCase& golden) {
  const Schedule schedule = schedule_named(golden.name.substr(golden.name.find('_') + 1));
  const at::Tensor tokens = golden.inputs.at("N"), steps = golden.inputs.at("T");
  const std::int64_t longest = steps.max().item<std::int64_t>();
  at::Tensor counts = at::full({tokens.size(0), steps.size(0), longest}, -1, at::kLong);  // (N, T, t), -1 where t >= T
  auto count = counts.accessor<std::int64_t, 3>();
  for (std::int64_t i = 0; i < counts.size(0); ++i)
    for (std::int64_t j = 0; j < counts.size(1); ++j) {
      const auto N = tokens[i].item<std::int64_t>(), T = steps[j].item<std::int64_t>();
      for (std::int64_t t = 0; t < T; ++t) count[i][j][t] = masked_after_step(schedule, N, T, t);
    }
  GoldenResult out{{"masked_after_step", counts}};
  // The stored cosine is up to two units in the last place off the correctly rounded one (its value at 1/2 is not
  // sqrt(1/2)), and the group's tolerance is zero: only the polynomial schedules can be compared bit for bit.
  if (schedule == Schedule::cosine) return out;
  at::Tensor shares = at::empty({101}, at::kDouble);
  for (std::int64_t i = 0; i <= 100; ++i) shares[i] = gamma(schedule, static_cast<double>(i) / 100.0, 1);
  out["gamma_at"] = shares;
  return out;
}

GoldenResult golden_training_counts(const GoldenCase& golden) {
  const std::int64_t N = golden.integer("N");
  const at::Tensor ratios = golden.inputs.at("ratios").to(at::kDouble);
  at::Tensor masked = at::empty({ratios.size(0)}, at::kLong);
  for (std::int64_t i = 0; i < ratios.size(0); ++i)
    masked[i] = masked_in_training(Schedule::cosine, Convention::keep, N, ratios[i].item<double>());
  return {{"masked", masked}, {"kept", N - masked}};
}

GoldenResult golden_remask(const GoldenCase& golden) {
  const at::Tensor score = at::log(golden.inputs.at("confidence") + 1e-5);  // +inf where the token is known
  const at::Tensor masked = at::zeros(score.sizes(), at::TensorOptions().dtype(at::kByte));
  return {{"masked", masked.scatter(1, lowest(score, golden.integer("n")), 1)}};
}

}  // namespace autodidact::maskgit
