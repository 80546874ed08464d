// The fully convolutional network of Wang, Yan, Oates 2017 (arXiv 1611.06455) as the published evaluation sizes it
// and the small one of the accuracy score.
#include "metrics/fcn.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "autodidact/plugin/error.hpp"
#include "metrics/leaf.hpp"
#include "results/sha256.hpp"

namespace autodidact {
namespace {

constexpr std::int64_t kBlock = 256;  // series a block in eval mode
constexpr double kNormEps = 1e-5, kNormMomentum = 0.1;

struct LayerShape {
  std::int64_t in, out, kernel;
};
std::vector<LayerShape> layer_shapes(const FcnDesign& design, std::int64_t channels) {
  std::vector<LayerShape> shapes;
  for (const FcnDesign::Layer& layer : design.layers)
    shapes.push_back({shapes.empty() ? channels : shapes.back().out, layer.channels, layer.kernel});
  return shapes;
}

struct Block {
  at::Tensor weight, bias;                  // (out, in, kernel), (out)
  at::Tensor scale, shift, mean, variance;  // (out), of the batch norm

  explicit Block(const LayerShape& shape)
      : weight(uniform_leaf({shape.out, shape.in, shape.kernel}, shape.in * shape.kernel)),
        bias(uniform_leaf({shape.out}, shape.in * shape.kernel)),
        scale(at::ones({shape.out}, at::kFloat).requires_grad_()),
        shift(at::zeros({shape.out}, at::kFloat).requires_grad_()),
        mean(at::zeros({shape.out}, at::kFloat)),
        variance(at::ones({shape.out}, at::kFloat)) {}

  // x (B, in, 1, L) -> (B, out, 1, L), channels last. "Same" padding, the odd sample on the right.
  at::Tensor convolve(const at::Tensor& x, const at::Tensor& w, const at::Tensor& b) const {
    const std::int64_t kernel = w.size(2), left = (kernel - 1) / 2;
    if (kernel % 2 == 1) return at::conv2d(x, w.unsqueeze(2), b, {1, 1}, at::IntArrayRef{0, left});
    // The first layer: few channels, so that windows are cheap, and one product writes channels last at once.
    const at::Tensor padded = at::constant_pad_nd(x.squeeze(2), {left, kernel - 1 - left});
    const at::Tensor windows = padded.unfold(2, kernel, 1).transpose(1, 2).flatten(2);  // (B, L, in * kernel)
    return at::linear(windows, w.flatten(1), b).transpose(1, 2).unsqueeze(2);
  }

  at::Tensor train(const at::Tensor& x) {
    const at::Tensor y = convolve(x, weight, bias);
    return at::batch_norm(y, scale, shift, mean, variance, true, kNormMomentum, kNormEps, true).relu_();
  }

  // The norm's fixed statistics folded into the convolution: one pass over the activations instead of three.
  std::pair<at::Tensor, at::Tensor> folded() const {
    const at::Tensor factor = scale / (variance + kNormEps).sqrt();
    return {weight * factor.view({-1, 1, 1}), (bias - mean) * factor + shift};
  }
};

// (B, C, L) -> (B, C, 1, L) float32: between the layers activations are images of height 1, channels last, which is the
// layout in which the convolutions and the norm run fastest.
at::Tensor as_image(const at::Tensor& x) { return x.to(at::kFloat).unsqueeze(2); }

}  // namespace

const FcnDesign& feature_design() {
  static const FcnDesign design{{{128, 8}, {256, 5}, {128, 3}}, 0};
  return design;
}

const FcnDesign& classifier_design() {
  static const FcnDesign design{{{16, 8}, {32, 5}, {32, 5}, {16, 5}}, 0.5};
  return design;
}

struct Fcn::State {
  std::int64_t channels, length, width;
  double dropout;
  std::vector<Block> blocks;
  at::Tensor weight, bias;  // (K, width), (K)
};

Fcn::Fcn(std::int64_t channels, std::int64_t length, std::int64_t n_classes, const FcnDesign& design)
    : state_(std::make_unique<State>()) {
  if (channels < 1 || length < 1 || n_classes < 1)
    throw DataError("the feature network needs at least one channel, one sample and one class; got " +
                    std::to_string(channels) + ", " + std::to_string(length) + ", " + std::to_string(n_classes));
  state_->channels = channels;
  state_->length = length;
  state_->dropout = design.dropout;
  state_->width = design.layers.back().channels;
  for (const LayerShape& shape : layer_shapes(design, channels)) state_->blocks.emplace_back(shape);
  state_->weight = uniform_leaf({n_classes, state_->width}, state_->width);
  state_->bias = uniform_leaf({n_classes}, state_->width);
}

Fcn::~Fcn() = default;

at::Tensor Fcn::loss(const at::Tensor& x, const at::Tensor& y) {
  at::Tensor h = as_image(x);
  for (std::size_t i = 0; i < state_->blocks.size(); ++i) {
    if (i > 0 && state_->dropout > 0) h = at::dropout(h, state_->dropout, /*train=*/true);
    h = state_->blocks[i].train(h);
  }
  return at::cross_entropy_loss(at::linear(h.mean(at::IntArrayRef{2, 3}), state_->weight, state_->bias), y);
}

at::Tensor Fcn::features(const at::Tensor& x) {
  const at::NoGradGuard no_grad;
  std::vector<std::pair<at::Tensor, at::Tensor>> folded;
  for (const Block& block : state_->blocks) folded.push_back(block.folded());
  const at::Tensor out = at::empty({x.size(0), state_->width}, at::kFloat);
  for (std::int64_t first = 0; first < x.size(0); first += kBlock) {
    const std::int64_t count = std::min(kBlock, x.size(0) - first);
    at::Tensor h = as_image(x.narrow(0, first, count));
    for (std::size_t i = 0; i < folded.size(); ++i)
      h = state_->blocks[i].convolve(h, folded[i].first, folded[i].second).relu_();
    out.narrow(0, first, count).copy_(h.mean(at::IntArrayRef{2, 3}));
  }
  return out;
}

at::Tensor Fcn::logits_of(const at::Tensor& features) {
  const at::NoGradGuard no_grad;
  return at::linear(features.to(at::kFloat), state_->weight, state_->bias);
}

at::Tensor Fcn::logits(const at::Tensor& x) { return logits_of(features(x)); }

std::vector<Parameter> Fcn::parameters() {
  std::vector<Parameter> all;
  for (std::size_t i = 0; i < state_->blocks.size(); ++i) {
    const Block& block = state_->blocks[i];
    const std::string name = "block" + std::to_string(i + 1);
    all.push_back({name + ".conv.weight", block.weight});
    all.push_back({name + ".conv.bias", block.bias});
    all.push_back({name + ".norm.weight", block.scale});
    all.push_back({name + ".norm.bias", block.shift});
  }
  all.push_back({"classifier.weight", state_->weight});
  all.push_back({"classifier.bias", state_->bias});
  return all;
}

std::vector<Buffer> Fcn::buffers() {
  std::vector<Buffer> all;
  for (std::size_t i = 0; i < state_->blocks.size(); ++i) {
    const std::string name = "block" + std::to_string(i + 1) + ".norm.running_";
    all.push_back({name + "mean", state_->blocks[i].mean});
    all.push_back({name + "var", state_->blocks[i].variance});
  }
  return all;
}

std::int64_t Fcn::epochs(std::int64_t channels, std::int64_t length, std::int64_t n_classes, std::int64_t n_train,
                         std::int64_t max_epochs, double max_tflop) {
  const FcnDesign& design = feature_design();
  // Multiply-adds of one forward pass of one series.
  auto products = static_cast<double>(design.layers.back().channels * n_classes);
  for (const LayerShape& shape : layer_shapes(design, channels))
    products += static_cast<double>(shape.in * shape.out * shape.kernel * length);
  const double epoch = 3.0 * 2.0 * products * static_cast<double>(n_train);
  const double allowed = max_tflop * 1e12 / epoch;
  if (allowed >= static_cast<double>(max_epochs)) return max_epochs;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(allowed));
}

Extractor fcn_extractor(std::shared_ptr<Fcn> fcn) {
  Sha256 digest;
  digest.add(kFcnRecipe);
  const auto add = [&digest](const std::string& name, const at::Tensor& tensor) {
    const at::Tensor values = tensor.detach().contiguous();
    digest.add(name);
    digest.add(values.const_data_ptr(), values.nbytes());
  };
  for (const Parameter& parameter : fcn->parameters()) add(parameter.name, parameter.tensor);
  for (const Buffer& buffer : fcn->buffers()) add(buffer.name, buffer.tensor);
  Extractor extractor;
  extractor.digest = digest.hex();
  extractor.features = [fcn](const at::Tensor& x) { return fcn->features(x).to(at::kDouble); };
  extractor.probabilities_of = [fcn](const at::Tensor& features) {
    return fcn->logits_of(features).to(at::kDouble).softmax(1);
  };
  extractor.probabilities = [fcn](const at::Tensor& x) { return fcn->logits(x).to(at::kDouble).softmax(1); };
  return extractor;
}

}  // namespace autodidact
