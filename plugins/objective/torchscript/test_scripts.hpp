// For tests: TorchScript archives made from source text, as Python would save them.
#pragma once

#include <ATen/ATen.h>
#include <torch/csrc/jit/api/module.h>

#include <sstream>
#include <string>

namespace autodidact::torchscript::testing_support {

inline std::string archive(const torch::jit::Module& module) {
  std::ostringstream bytes;
  module.save(bytes);
  return bytes.str();
}

// A module named Loss with forward as given: "def forward(self, a, b):\n  return ...".
inline torch::jit::Module module_of(const std::string& forward) {
  torch::jit::Module module("__torch__.Loss");
  module.register_attribute("training", c10::BoolType::get(), true);
  module.define(forward);
  return module;
}
inline std::string archive_of(const std::string& body) {
  return archive(module_of("def forward(self, a, b):\n  " + body + "\n"));
}

// loss = mean (a W - b W)^2 with a trained W (F, 2), a buffer `mean` that forward replaces by a moving average, a
// frozen parameter and an int64 buffer that is moved in place.
inline torch::jit::Module stateful(std::int64_t features) {
  torch::jit::Module inner("__torch__.Projector");
  inner.register_attribute("training", c10::BoolType::get(), true);
  inner.register_parameter("weight", at::randn({features, 2}).set_requires_grad(true), /*is_buffer=*/false);
  inner.define("def forward(self, x):\n  return x @ self.weight\n");
  torch::jit::Module module("__torch__.Loss");
  module.register_attribute("training", c10::BoolType::get(), true);
  module.register_module("projector", inner);
  module.register_parameter("scale", at::full({}, 3.0f), /*is_buffer=*/false);
  module.register_buffer("mean", at::zeros({2}));
  module.register_buffer("calls", at::zeros({}, at::kLong));
  module.define(R"(
def forward(self, a, b):
  u, v = self.projector.forward(a), self.projector.forward(b)
  loss = self.scale * ((u - self.mean) - (v - self.mean)).square().mean() + 0.1 * (u * self.mean).mean()
  if self.training:
    self.mean = 0.5 * self.mean + 0.5 * u.mean(0)
    self.calls += 1
  return loss
)");
  return module;
}

}  // namespace autodidact::torchscript::testing_support
