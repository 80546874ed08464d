#include "trial.hpp"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <mutex>

#include "autodidact/plugin/error.hpp"

namespace autodidact::torchscript {
namespace {

// Scripts may draw (dropout); what the run draws next must not depend on the trial.
class KeptGenerator {
 public:
  KeptGenerator() {
    const std::lock_guard lock(generator_.mutex());
    state_ = generator_.get_state();
  }
  ~KeptGenerator() {
    const std::lock_guard lock(generator_.mutex());
    generator_.set_state(state_);
  }
  KeptGenerator(const KeptGenerator&) = delete;
  KeptGenerator& operator=(const KeptGenerator&) = delete;

 private:
  at::Generator generator_ = at::globalContext().defaultGenerator(at::kCPU);
  at::Tensor state_;
};

// (batch, width) in [-1, 1], rows and columns of no pattern, without a generator.
at::Tensor made_up(std::int64_t batch, std::int64_t width, double start) {
  const at::Tensor k = at::arange(batch * width, at::kDouble) + start;
  return (k * k * 0.7).sin().to(at::kFloat).view({batch, width});
}

std::string sizes_of(const at::Tensor& t) {
  std::string text;
  for (const std::int64_t size : t.sizes()) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "(" + text + ")";
}

void check_result(const at::Tensor& result, const std::string& given) {
  if (result.dim() != 0)
    throw ConfigError("file: found a result of shape " + sizes_of(result) + given +
                      ", expected a scalar; end forward with .mean() or .sum()");
  if (result.scalar_type() != at::kFloat)
    throw ConfigError(std::string("file: found a result of ") + c10::toString(result.scalar_type()) + given +
                      ", expected float32; end forward with .float()");
  if (!result.isfinite().item<bool>())
    throw ConfigError("file: found the result " + std::to_string(result.item<float>()) + given +
                      ", expected a finite number; divisions, roots and logarithms want a small constant");
}

void check_gradients(const at::Tensor& result, const at::Tensor& a, const at::Tensor& b, const std::string& given) {
  const std::string expected =
      ", expected one from the result to a or b, or nothing is learned; "
      "look for .detach(), .item() and torch.no_grad()";
  if (!result.requires_grad()) throw ConfigError("file: found no gradient path at all" + given + expected);
  try {
    result.backward();
  } catch (const std::exception& e) {
    throw ConfigError("file: backward failed" + given + ": " + reason_of(e));
  }
  if (!a.grad().defined() && !b.grad().defined())
    throw ConfigError("file: found no gradient for its inputs" + given + expected);
  for (const at::Tensor& x : {a, b})
    if (x.grad().defined() && !x.grad().isfinite().all().item<bool>())
      throw ConfigError("file: found a gradient that is not finite" + given +
                        ", expected finite ones; roots and norms want a small constant");
}

void try_batch(Script& script, std::int64_t batch, std::int64_t pooled) {
  const std::string given = " for two embeddings (" + std::to_string(batch) + ", " + std::to_string(pooled) + ")";
  const at::Tensor first = made_up(batch, pooled, 1), second = 0.8 * first + 0.2 * made_up(batch, pooled, 7);
  const at::Tensor a = first.clone().set_requires_grad(true), b = second.clone().set_requires_grad(true);
  at::Tensor result;
  try {
    result = script(a, b);
  } catch (const std::exception& e) {
    throw ConfigError("file: forward failed" + given + ": " + e.what() +
                      "; this run's latents have F = " + std::to_string(pooled) +
                      " features: export for that width, for any number of rows, by torch.jit.script");
  }
  check_result(result, given);
  check_gradients(result, a, b, given);
  try {
    script.settle();
  } catch (const std::exception& e) {
    throw ConfigError(std::string("file: ") + e.what());
  }
  if (!at::equal(a, first) || !at::equal(b, second))
    throw ConfigError("file: forward wrote to its inputs" + given + ", expected it to leave them; work on a copy");
}

}  // namespace

void try_script(const Script& script, std::int64_t pooled) {
  const KeptGenerator kept;
  const at::AutoGradMode with_gradient(true);
  Script copy = script.copy();
  copy.train(true);
  const auto before = copy.attributes();
  for (const std::int64_t batch : {8, 5}) try_batch(copy, batch, pooled);
  const auto after = copy.attributes();
  for (const auto& [name, value] : before)
    if (after.at(name) != value)
      throw ConfigError("file: forward changed attribute '" + name + "' from " + value + " to " + after.at(name) +
                        ", expected all state in tensors, which checkpoints hold; make it one by register_buffer");
}

}  // namespace autodidact::torchscript
