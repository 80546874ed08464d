// Hands out tensors whose graph holds a node of this library, frozen calls included.
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "bad_plugin.hpp"

using namespace autodidact;

struct Doubled : torch::autograd::Function<Doubled> {
  static at::Tensor forward(torch::autograd::AutogradContext*, const at::Tensor& x) { return 2 * x; }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext*, torch::autograd::variable_list g) {
    return {2 * g[0]};
  }
};

struct LeaksAutogradNode : bad::Fine {
  explicit LeaksAutogradNode(const Context& context) : Fine(context), weight_(at::ones({1}).requires_grad_()) {}
  View forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo& info) override {
    View view = Fine::forward(x, options, info);
    view.total = view.total * Doubled::apply(weight_).sum();
    view.logs = {{"leak", view.total}};
    return view;
  }
  at::Tensor decode(const at::Tensor& tokens) override {
    const at::AutoGradMode on(true);
    return Fine::decode(tokens) + Doubled::apply(weight_);
  }
  at::Tensor weight_;
};

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("leaks_autograd_node", nullptr, 0, bad::make<LeaksAutogradNode>)};
