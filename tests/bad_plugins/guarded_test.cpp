// Plugins whose fault shows in use: the guard turns each into one line of text, and this process lives on.
#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "bad_plugins/zoo.hpp"
#include "host/conformance/conformance.hpp"
#include "host/open.hpp"
#include "host/services.hpp"

namespace autodidact::zoo {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Guarded : public testing::Test {
 protected:
  PluginInfo info(const std::string& name) { return probe_plugin(kFolder / (name + ".so"), options(scratch_)); }

  std::unique_ptr<Tokenizer> open(const std::string& name) {
    Context context;
    context.channels = 2;
    context.length = 16;
    context.host = &services_;
    return open_tokenizer(info(name), {}, context);
  }

  template <class Error = PluginError>
  static std::string error(const std::function<void()>& body) {
    try {
      body();
    } catch (const Error& e) {
      EXPECT_THAT(e.what(), Not(HasSubstr("\n")));
      return e.what();
    }
    return "no error";
  }

  Scratch scratch_;
  Services services_{1, "test", "tokenizer", Precision::fp32, nullptr};
  at::Tensor x_ = at::randn({3, 2, 16});
};

TEST_F(Guarded, CreateThatThrows) {
  EXPECT_THAT(error([&] { open("throws_in_create"); }),
              AllOf(HasSubstr("tokenizer/throws_in_create: create"), HasSubstr("K must divide the moon")));
}

TEST_F(Guarded, CreateThatReturnsNothing) {
  EXPECT_THAT(error([&] { open("returns_null"); }), AllOf(HasSubstr("found null"), HasSubstr("expected an object")));
}

TEST_F(Guarded, ExceptionOfATypeNobodyKnows) {
  const auto t = open("throws_own_type");
  EXPECT_THAT(error([&] { t->encode(x_, 0); }),
              AllOf(HasSubstr("tokenizer/throws_own_type: encode"), HasSubstr("std::exception")));
}

TEST_F(Guarded, WrongShapesAndTokens) {
  const auto t = open("returns_wrong_shape");
  EXPECT_THAT(error([&] { t->forward(x_, {}, {}); }),
              AllOf(HasSubstr("forward: x_hat"), HasSubstr("found float32 (3, 2, 15)"),
                    HasSubstr("expected float32 (3, 2, 16)")));
  EXPECT_THAT(error([&] { t->encode(x_, 0); }),
              AllOf(HasSubstr("found int64 (3, 3)"), HasSubstr("expected int64 (3, 4)")));
  EXPECT_THAT(error([&] { t->encode(x_.narrow(0, 0, 1), 0); }), HasSubstr("tokens from 4 to 4"));
  EXPECT_THAT(error([&] {
                t->decode(at::zeros({1, 4}, at::kLong));
              }),
              HasSubstr("decode: x: found float32 (1, 2, 17)"));
}

TEST_F(Guarded, ValuesThatAreNotNumbers) {
  const auto t = open("returns_nan");
  EXPECT_THAT(error<Diverged>([&] { t->forward(x_, {}, {}); }), HasSubstr("forward: total is"));
  EXPECT_THAT(error([&] {
                t->decode(at::zeros({1, 4}, at::kLong));
              }),
              HasSubstr("decode: x: found 32 of 32 values NaN"));
}

// What the host keeps holds no graph of the plugin; what it uses within a step may, also after the object is gone.
TEST_F(Guarded, GraphNodesOfAPlugin) {
  auto t = open("leaks_autograd_node");
  const at::Tensor decoded = t->decode(at::zeros({1, 4}, at::kLong));
  EXPECT_FALSE(decoded.requires_grad());
  const View view = t->forward(x_, {}, {});
  EXPECT_TRUE(view.total.requires_grad());
  ASSERT_EQ(view.logs.size(), 1u);
  EXPECT_FALSE(view.logs[0].second.requires_grad());
  t.reset();
  view.total.backward();
}

TEST_F(Guarded, FileChangedSinceItWasListed) {
  fs::copy_file(kFolder / "returns_nan.so", scratch_ / "copy.so");
  const PluginInfo listed = probe_plugin(scratch_ / "copy.so", options(scratch_));
  fs::remove(scratch_ / "copy.so");
  fs::copy_file(kFolder / "returns_null.so", scratch_ / "copy.so");
  Context context;
  context.host = &services_;
  EXPECT_THAT(error([&] { open_tokenizer(listed, {}, context); }), HasSubstr("was changed since it was listed"));
}

TEST_F(Guarded, FrozenAnswersWithAGraph) {
  const auto t = open("returns_graph");
  for (const at::Tensor& z : t->latents(x_).z) EXPECT_FALSE(z.requires_grad());
}

TEST_F(Guarded, NumbersThatAreThrown) {
  const auto t = open("throws_number");
  EXPECT_THAT(error([&] { t->forward(x_, {}, {}); }),
              HasSubstr("forward: threw something that is not a std::exception"));
}

// Also when it is asked for a second time, and is loaded already.
TEST_F(Guarded, NumbersDrawnWhileLoading) {
  for (int i = 0; i < 2; ++i)
    EXPECT_THAT(error([&] { open("draws_at_load"); }),
                AllOf(HasSubstr("draws_at_load.so"), HasSubstr("draws from LibTorch's random numbers")));
}

// The conformance suite judges the bad ones too, by checks that fail and not by an exception. Those that end or hold up
// their process are left to `plugin check`, which runs it in a child (tests/end_to_end/check_test.cpp).
TEST_F(Guarded, ConformanceFailsTheZoo) {
  const std::pair<const char*, const char*> zoo[] = {
      {"throws_in_create", "create"},          {"returns_null", "create"},
      {"throws_own_type", "same tensors"},     {"returns_wrong_shape", "same tensors"},
      {"returns_nan", "sum of terms"},         {"throws_number", "batches of 2, 3 and 7"},
      {"leaks_autograd_node", "logs"},         {"returns_graph", "no graph"},
      {"keeps_hidden_state", "loaded answers"}};
  for (const auto& [name, failing] : zoo) {
    bool failed = false;
    CheckOptions options;
    options.only = {failing};
    for (const Check& check : conformance(info(name), options))
      failed = failed || (check.name == failing && check.status == Check::Status::failed);
    EXPECT_TRUE(failed) << name << " passes '" << failing << "'";
  }
}

// What they are all made of has no fault but its name.
TEST_F(Guarded, TheZooIsBadForItsFaultsAlone) {
  for (const Check& check : conformance(info("duplicate_name")))
    EXPECT_TRUE(check.status == Check::Status::passed || check.status == Check::Status::skipped)
        << check.name << ": " << check.found;
}

}  // namespace
}  // namespace autodidact::zoo
