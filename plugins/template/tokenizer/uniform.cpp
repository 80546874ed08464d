#include "uniform.hpp"

#include <ATen/ATen.h>

#include <string>

namespace autodidact::uniform {

namespace {

// (3, P): sample p of a patch, whose middle stands at (P - 1) / 2, between the middles of its neighbours.
at::Tensor linear_interpolation(std::int64_t patch) {
  const at::Tensor offset =
      (at::arange(patch, at::kFloat) - static_cast<double>(patch - 1) / 2) / static_cast<double>(patch);  // (-1/2, 1/2)
  const at::Tensor before = (-offset).clamp_min(0), after = offset.clamp_min(0);
  return at::stack({before, 1 - before - after, after});
}

}  // namespace

Uniform::Uniform(const Params& params, const Context& context)
    : channels_(context.channels),
      length_(context.length),
      levels_count_(params.integer("K")),
      patch_(params.integer("patch")),
      width_((context.length + patch_ - 1) / patch_),
      range_(params.real("range")),
      commitment_(params.real("commitment")) {
  if (patch_ > length_)
    throw ConfigError("patch = " + std::to_string(patch_) + " is longer than the series, " + std::to_string(length_) +
                      "; choose at most that");
  levels_ = at::linspace(-range_, range_, levels_count_, at::kFloat).unsqueeze(1);
  analysis_ = at::full({patch_}, 1.0 / static_cast<double>(patch_), at::kFloat).requires_grad_();
  synthesis_ = linear_interpolation(patch_).requires_grad_();
}

at::Tensor Uniform::embed(const at::Tensor& x) const {
  const at::Tensor whole = width_ * patch_ == length_ ? x : at::replication_pad1d(x, {0, width_ * patch_ - length_});
  return whole.view({x.size(0), 1, channels_, width_, patch_}).matmul(analysis_);  // (B, 1, C, W')
}

at::Tensor Uniform::nearest(const at::Tensor& z) const {
  const double step = 2 * range_ / static_cast<double>(levels_count_ - 1);
  return ((z.detach() + range_) / step).round().clamp(0, static_cast<double>(levels_count_ - 1)).to(at::kLong);
}

at::Tensor Uniform::synthesise(const at::Tensor& z) const {
  const at::Tensor q = z.squeeze(1);                                               // (B, C, W')
  const at::Tensor neighbours = at::replication_pad1d(q, {1, 1}).unfold(2, 3, 1);  // (B, C, W', 3)
  return neighbours.matmul(synthesis_).flatten(2).narrow(2, 0, length_);           // (B, C, L)
}

View Uniform::forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo&) {
  View view;
  const at::Tensor z = embed(x);
  view.z = {z};
  at::Tensor decoded = z;
  if (options.path == Path::quantised) {
    const at::Tensor index = nearest(z);
    const at::Tensor level = levels_.view({-1}).index({index});  // (B, 1, C, W')
    decoded = z + (level - z).detach();                          // the gradient passes as if nothing was rounded
    view.z_q = {decoded};
    view.terms.emplace_back("commitment", commitment_ * (z - level).square().mean());
    const at::Tensor share = at::bincount(index.flatten(), {}, levels_count_).to(at::kFloat) / index.numel();
    view.logs.emplace_back("perplexity", (-(share * (share + 1e-10).log()).sum()).exp());
  }
  view.x_hat = synthesise(decoded);
  view.terms.emplace_back("reconstruction", (view.x_hat - x).square().mean());
  for (const auto& [name, term] : view.terms) view.total = view.total.defined() ? view.total + term : term;
  return view;
}

Latents Uniform::latents(const at::Tensor& x) {
  const at::Tensor z = embed(x);
  return {.z = {z}, .z_q = {levels_.view({-1}).index({nearest(z)})}};
}

at::Tensor Uniform::encode(const at::Tensor& x, double) { return nearest(embed(x)).flatten(1); }

at::Tensor Uniform::decode(const at::Tensor& tokens) {
  return synthesise(levels_.view({-1}).index({tokens}).view({-1, 1, channels_, width_}));
}

Layout Uniform::layout() const {
  return {{.name = "patches", .height = channels_, .width = width_, .channels = 1, .vocabulary = levels_count_}};
}

std::vector<Parameter> Uniform::parameters() {
  return {{.name = "analysis", .tensor = analysis_, .weight_decay = false},
          {.name = "synthesis", .tensor = synthesis_, .weight_decay = false}};
}

void Uniform::to(c10::Device device) {
  levels_ = levels_.to(device);
  analysis_ = analysis_.detach().to(device).requires_grad_();
  synthesis_ = synthesis_.detach().to(device).requires_grad_();
}

}  // namespace autodidact::uniform
