// Small priors for the tests of this folder.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "autoregressive.hpp"
#include "common/transformer/test_host.hpp"

namespace autodidact::autoregressive {

using Values = std::map<std::string, ParamValue>;

inline Params sampling(double temperature = 1.0, std::int64_t top_k = 0, double top_p = 1.0, double guidance = 1.0) {
  return Params({{"temperature", std::vector<double>{temperature}},
                 {"top_k", std::vector<std::int64_t>{top_k}},
                 {"top_p", std::vector<double>{top_p}},
                 {"guidance_scale", std::vector<double>{guidance}}});
}

struct AutoregressiveTest : testing::Test {
  static constexpr std::int64_t kClasses = 3;
  testing_support::TestHost host;

  void SetUp() override { at::set_num_threads(1); }  // tiny products: threads only wait for each other

  static Layout one_stream() { return {{.name = "all", .height = 2, .width = 3, .vocabulary = 5, .first = 0}}; }
  // 2 x 2 positions of 2 codes, then two positions of 3 codes: 144 series in all.
  static Layout two_streams() {
    return {{.name = "lf", .height = 2, .width = 2, .vocabulary = 2, .first = 0},
            {.name = "hf", .height = 1, .width = 2, .vocabulary = 3, .first = 4}};
  }
  static at::Tensor all_series() {
    return at::cartesian_prod(
        {at::arange(2), at::arange(2), at::arange(2), at::arange(2), at::arange(3), at::arange(3)});
  }
  static at::Tensor labels(std::int64_t n, std::int64_t c) { return at::full({n}, c, at::kLong); }

  // Equal weights whatever the parameters are.
  std::unique_ptr<Autoregressive> make(const Layout& layout, const Values& changes = {},
                                       std::optional<std::int64_t> classes = kClasses) {
    Values values = {{"hidden", std::int64_t{32}},
                     {"layers", std::int64_t{2}},
                     {"heads", std::int64_t{2}},
                     {"ff_mult", std::int64_t{1}},
                     {"p_unconditional", 0.2},
                     {"label_smoothing", 0.0},
                     {"dropout", 0.0}};
    for (const auto& [name, value] : changes) values[name] = value;
    Context context;
    context.host = &host;
    context.n_classes = classes;
    context.layout = layout;
    context.codebooks.resize(layout.size());
    at::manual_seed(11);
    return std::make_unique<Autoregressive>(Params(values), context);
  }
};

}  // namespace autodidact::autoregressive
