// The linear SVM of the published evaluation: libsvm, as scikit-learn's SVC(kernel="linear") uses it.
#include <ATen/ATen.h>
#include <libsvm/svm.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "metrics/probe.hpp"

namespace autodidact {
namespace {

void print_nothing(const char*) {}

struct FreeModel {
  void operator()(svm_model* model) const { svm_free_and_destroy_model(&model); }
};
using Model = std::unique_ptr<svm_model, FreeModel>;

// Rows as libsvm wants them: (index from 1, value) and an end mark. Zeros are left out, as libsvm's own reader does.
struct Rows {
  explicit Rows(const at::Tensor& features) {
    const std::int64_t n = features.size(0), width = features.size(1);
    const double* value = features.const_data_ptr<double>();
    nodes.reserve(static_cast<std::size_t>(n * (width + 1)));
    std::vector<std::size_t> starts;
    for (std::int64_t i = 0; i < n; ++i) {
      starts.push_back(nodes.size());
      for (std::int64_t j = 0; j < width; ++j)
        if (value[i * width + j] != 0) nodes.push_back({static_cast<int>(j + 1), value[i * width + j]});
      nodes.push_back({-1, 0});
    }
    for (const std::size_t start : starts) first.push_back(nodes.data() + start);
  }
  std::vector<svm_node> nodes;
  std::vector<svm_node*> first;
};

Model train_linear(const at::Tensor& features, const at::Tensor& labels, Rows& rows) {
  const at::Tensor target_copy = labels.to(at::kDouble).contiguous();
  svm_parameter settings{};
  settings.svm_type = C_SVC;
  settings.kernel_type = LINEAR;
  settings.C = 1;
  settings.eps = 1e-3;
  settings.cache_size = 200;  // MB
  settings.shrinking = 1;
  svm_problem problem{static_cast<int>(features.size(0)), target_copy.data_ptr<double>(), rows.first.data()};
  if (const char* fault = svm_check_parameter(&problem, &settings))
    throw std::runtime_error(std::string("libsvm refuses the probe: ") + fault);
  svm_set_print_string_function(&print_nothing);
  return Model(svm_train(&problem, &settings));
}

// The support vectors are rows of `train`, so the weights of all pairs of classes are one matrix product away and
// prediction needs no kernel: (F, pairs).
at::Tensor pair_weights(const svm_model& model, const at::Tensor& train) {
  const int classes = model.nr_class, pairs = classes * (classes - 1) / 2;
  const at::Tensor coefficients = at::zeros({train.size(0), pairs}, at::kDouble);
  auto put = coefficients.accessor<double, 2>();
  std::vector<int> start(static_cast<std::size_t>(classes), 0);
  for (int c = 1; c < classes; ++c) start[c] = start[c - 1] + model.nSV[c - 1];
  int pair = 0;
  for (int i = 0; i < classes; ++i)
    for (int j = i + 1; j < classes; ++j, ++pair) {
      for (int s = 0; s < model.nSV[i]; ++s) {
        const int vector = start[i] + s;
        put[model.sv_indices[vector] - 1][pair] = model.sv_coef[j - 1][vector];
      }
      for (int s = 0; s < model.nSV[j]; ++s) {
        const int vector = start[j] + s;
        put[model.sv_indices[vector] - 1][pair] = model.sv_coef[i][vector];
      }
    }
  return at::mm(train.t(), coefficients);
}

}  // namespace

at::Tensor svm_predict(const at::Tensor& train, const at::Tensor& labels, const at::Tensor& test,
                       std::int64_t n_classes) {
  // libsvm numbers classes in order of appearance and breaks ties of votes by that number: sorted, it is the label.
  const at::Tensor order = std::get<1>(labels.sort(/*stable=*/true, 0, /*descending=*/false));
  const at::Tensor features = train.index_select(0, order).contiguous();
  Rows rows(features);
  const Model model = train_linear(features, labels.index_select(0, order), rows);
  const int classes = model->nr_class, pairs = classes * (classes - 1) / 2;
  if (classes == 1) return at::full({test.size(0)}, model->label[0], at::kLong);

  const at::Tensor rho = at::from_blob(model->rho, {pairs}, at::kDouble).clone();
  const at::Tensor decision = at::mm(test, pair_weights(*model, features)) - rho;  // (n_test, pairs)
  const at::Tensor votes = at::zeros({test.size(0), n_classes}, at::kLong);
  int pair = 0;
  for (int i = 0; i < classes; ++i)
    for (int j = i + 1; j < classes; ++j, ++pair) {
      const at::Tensor first = decision.select(1, pair).gt(0);
      votes.select(1, model->label[i]).add_(first.to(at::kLong));
      votes.select(1, model->label[j]).add_(first.logical_not().to(at::kLong));
    }
  // argmax of equal votes: the smaller label, made explicit because argmax does not promise it
  const at::Tensor rank = votes * n_classes - at::arange(n_classes, at::kLong);
  return rank.argmax(1);
}

}  // namespace autodidact
