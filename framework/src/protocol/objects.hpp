// Plugin objects as the stages use them: made with their own random streams, or restored and frozen.
#pragma once

#include <memory>
#include <string>

#include "autodidact/plugin/plugin.hpp"
#include "config/run.hpp"
#include "host/services.hpp"
#include "protocol/progress.hpp"
#include "results/record.hpp"

namespace autodidact {

// What the objects are made for: all that create needs of a dataset.
struct DataShape {
  std::int64_t channels = 1, length = 0, n_train = 0;
  std::optional<std::int64_t> n_classes;
};

// An object with the services it holds a pointer to; destroyed in the right order.
template <class T>
struct Live {
  std::unique_ptr<Services> services;
  std::unique_ptr<T> object;
  T* operator->() const { return object.get(); }
};

Live<Tokenizer> make_tokenizer(const Run& run, const DataShape& shape, const std::string& component,
                               const Progress& progress);
// F: pooled width.
Live<Objective> make_objective(const Run& run, const DataShape& shape, Tokenizer& tokenizer, std::int64_t pooled,
                               const Progress& progress);
Live<Prior> make_prior(const Run& run, const DataShape& shape, Tokenizer& tokenizer, const std::string& stage,
                       const std::string& component, const Progress& progress);

// Weights from `record` (weights/tokenizer/..., weights/prior/...), eval mode, no parameter requires a gradient.
// `stage` names the random streams of what it is used for.
Live<Tokenizer> frozen_tokenizer(const Run& run, const DataShape& shape, const Record& record, const std::string& stage,
                                 const Progress& progress);
Live<Prior> frozen_prior(const Run& run, const DataShape& shape, Tokenizer& tokenizer, const Record& record,
                         const std::string& stage, const std::string& component, const Progress& progress);

// Mean and maximum over each stream's grid, streams side by side: (B, F). kind: avgmax | avg | max. With kind none
// every position is a row, (B * H' * W', D): series after series, positions row-major, the rows of a later stream
// behind those of an earlier one.
at::Tensor pool(const std::vector<at::Tensor>& maps, const std::string& kind);
// F; with none D. Throws ConfigError for none with streams of different D.
std::int64_t pooled_width(const Layout& layout, const std::string& kind);

// Proves that an object did not change: throws std::logic_error naming stage and object if its state did.
class FrozenCheck {
 public:
  FrozenCheck(std::string what, std::vector<Buffer> state);
  void done(const std::string& stage) const;

 private:
  std::string what_;
  std::vector<Buffer> state_;
  std::string digest_;
};

}  // namespace autodidact
