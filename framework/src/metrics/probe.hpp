// Probes on frozen features: 5-NN, linear SVM, logistic regression.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace autodidact {

// Columns scaled to [-1, 1] with the range of the training rows; a constant column becomes -1. (N, F) float64.
struct ScaledFeatures {
  at::Tensor train, test;
};
ScaledFeatures scale_features(const at::Tensor& train, const at::Tensor& test);

// Predicted labels (n_test) int64 in [0, n_classes). Features (N, F) float64 as scaled above, labels (N) int64.
// k neighbours, Euclidean, equal votes, ties to the smaller label; equal distances to the earlier row.
at::Tensor knn_predict(const at::Tensor& train, const at::Tensor& labels, const at::Tensor& test,
                       std::int64_t n_classes, std::int64_t k);
// libsvm C-SVC, linear kernel, C = 1, one against one.
at::Tensor svm_predict(const at::Tensor& train, const at::Tensor& labels, const at::Tensor& test,
                       std::int64_t n_classes);
// Multinomial logistic regression with an L2 penalty; C chosen by 5-fold cross-validation on train.
struct LogisticResult {
  at::Tensor predicted;
  double c = 1;
};
LogisticResult logistic_predict(const at::Tensor& train, const at::Tensor& labels, const at::Tensor& test,
                                std::int64_t n_classes);

// Mean recall over the classes that occur in `labels`.
double balanced_accuracy(const at::Tensor& predicted, const at::Tensor& labels, std::int64_t n_classes);
double accuracy(const at::Tensor& predicted, const at::Tensor& labels);

}  // namespace autodidact
