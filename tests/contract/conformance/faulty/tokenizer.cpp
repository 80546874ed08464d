// Means of four quarters, scaled by one learned number and rounded to four levels.
#include <ATen/Parallel.h>
#include <fcntl.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <thread>

#include "faulty.hpp"

namespace autodidact::faulty {
namespace {

at::Tensor everyones;  // shared by all objects
int calls = 0;         // of all objects
std::vector<at::Tensor>* kept_for_ever = new std::vector<at::Tensor>;

class Tokens final : public Tokenizer {
 public:
  Tokens(const Params& params, const Context& context)
      : fault_(params, context), channels_(context.channels), length_(context.length), host_(context.host) {
    if (fault_.is("short") && length_ < 8) throw std::runtime_error("too short, and not refused");
    scale_ = 1 + 0.1 * at::randn({1});
    if (fault_.is("own_seed")) scale_ = at::ones({1});
    scale_.requires_grad_();
    shift_ = at::zeros({1}).requires_grad_();
    levels_ = at::linspace(-1.5, 1.5, 4).unsqueeze(1);
    if (fault_.is("shared")) levels_ = everyones.defined() ? everyones : everyones = levels_;
    spoil_surroundings();
  }

  View forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo&) override {
    if (fault_.is("input")) at::Tensor(x).add_(0.25);
    if (fault_.is("batch") && x.size(0) == 7) throw std::runtime_error("seven is too many");
    if (fault_.is("replaces")) levels_ = levels_.clone();
    if (fault_.is("eval_moves")) levels_.add_(1e-3);
    if (fault_.is("leaks")) kept_for_ever->push_back(at::ones({32768}));
    const bool quantised = options.path == Path::quantised;
    View view;
    const at::Tensor z = embed(x);
    at::Tensor latent = z;
    view.z = {z};
    if (quantised) {
      const at::Tensor level = value_of(nearest(z));
      latent = fault_.is("cut") ? level : z + (level - z).detach();
      view.z_q = {latent};
      if ((training_ && options.update_state) || fault_.is("restless")) levels_.mul_(0.9999);
    }
    if (quantised || fault_.is("commits"))
      view.terms.emplace_back("commitment", 0.1 * (z - value_of(nearest(z))).square().mean());
    view.x_hat = synthesise(latent) + (fault_.is("hidden_training") ? 0.1 * hidden_ : 0);
    if (fault_.is("odd") && length_ % 2 == 1) view.x_hat = view.x_hat.narrow(2, 1, length_ - 1);
    view.terms.emplace_back("reconstruction", (view.x_hat - x).square().mean());
    if (fault_.is("twice")) view.terms.emplace_back("reconstruction", at::zeros({}));
    for (const auto& [name, term] : view.terms) view.total = view.total.defined() ? view.total + term : term;
    view.logs = {{"mean", fault_.is("log_graph") ? z.mean() : z.detach().mean()}};
    if (training_) ++hidden_;
    spoil_total(view, x);
    return view;
  }

  Latents latents(const at::Tensor& x) override {
    if (fault_.is("not_finite") && !at::isfinite(x).all().item<bool>()) std::abort();
    const at::AutoGradMode gradient(fault_.is("graph"));
    at::Tensor z = embed(x);
    if (fault_.is("batch_mean")) z = z - z.mean(0, true);
    return {{z}, {value_of(nearest(z))}};
  }
  at::Tensor encode(const at::Tensor& x, double tau) override {
    const at::Tensor z = embed(x);
    if (tau <= 0) return nearest(z).view({x.size(0), 4});
    const at::Tensor cost = (z.reshape({-1, 1}) - levels_.t()).square() / (fault_.is("hot") ? 10.0 : tau);
    const at::Tensor u = fault_.is("tau_default") ? at::rand({cost.size(0), 1})
                                                  : at::rand({cost.size(0), 1}, host_->generator(Purpose::codebook));
    return (at::softmax(-cost, 1).cumsum(1) < u).sum(1).clamp_max(3).view({x.size(0), 4});
  }
  at::Tensor decode(const at::Tensor& tokens) override {
    if (fault_.is("last_token") && tokens.eq(3).all().item<bool>()) throw std::runtime_error("no such token");
    at::Tensor x = synthesise(value_of(tokens.view({-1, 1, 1, 4})));
    if (fault_.is("other_decode")) x = x + 0.5;
    if (fault_.is("draws")) x = x + at::rand({1});
    if (fault_.is("forgets")) x = x + 0.01 * ++answered_;
    if (fault_.is("hidden_answers")) x = x + 0.1 * hidden_;
    if (fault_.is("asks_gradient") && !scale_.requires_grad()) x = x + 1;
    return x;
  }

  Layout layout() const override {
    const std::string name = fault_.is("layout") ? std::to_string(scale_.item<float>()) : "all";
    return {{.name = name, .height = 1, .width = 4, .channels = 1, .vocabulary = 4, .first = 0}};
  }
  std::vector<std::optional<at::Tensor>> codebooks() const override {
    return {fault_.is("codebook") ? levels_.narrow(0, 0, 3) : levels_};
  }
  std::vector<Parameter> parameters() override { return {{"scale", scale_}, {"shift", shift_}}; }
  std::vector<Buffer> buffers() override {
    std::vector<Buffer> all = {{fault_.is("name") ? "a//b" : "levels", levels_}};
    if (fault_.is("overlap")) all.push_back({"part", levels_.narrow(0, 1, 2)});
    return all;
  }
  void train(bool on) override {
    training_ = on;
    if (fault_.is("mode") && on) levels_.add_(1e-3);
  }
  void to(c10::Device) override {
    if (fault_.is("to")) levels_.fill_(1);
  }

 private:
  at::Tensor embed(const at::Tensor& x) const {
    const at::Tensor series =
        fault_.is("strides") ? at::from_blob(x.mutable_data_ptr(), x.sizes(), x.options()).clone() : x;
    return scale_ * at::adaptive_avg_pool1d(series.mean(1, true), {4}).unsqueeze(1);  // (B, 1, 1, 4)
  }
  at::Tensor nearest(const at::Tensor& z) const { return (z.unsqueeze(-1) - levels_.view({-1})).abs().argmin(-1); }
  at::Tensor value_of(const at::Tensor& index) const { return levels_.view({-1}).index({index}); }
  at::Tensor synthesise(const at::Tensor& z) const {
    const at::Tensor place = (at::arange(length_) * 4).floor_divide(length_);
    return z.squeeze(1).index_select(2, place).expand({-1, channels_, -1}) + shift_;  // (B, C, L)
  }

  void spoil_surroundings() {
    if (fault_.is("thread")) std::thread([] { ::sleep(5); }).detach();
    if (fault_.is("open_file")) [[maybe_unused]]
      const int left = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fault_.is("setting")) at::set_num_threads(at::get_num_threads() + 1);
    if (fault_.is("writes")) std::ofstream("left.txt") << "text";
    if (fault_.is("talks")) std::fputs("made one\n", stderr);
  }
  void spoil_total(View& view, const at::Tensor& x) {
    if (fault_.is("sum")) view.total = view.total * 1.1;
    if (fault_.is("rises")) view.total = 2 * view.total.detach() - view.total;
    if (fault_.is("unreached")) view.total = view.total.detach() + 0 * at::ones({1}).requires_grad_().sum();
    if (fault_.is("no_number")) view.total = view.total + (0 * scale_).sqrt().sum();
    if (fault_.is("in_place")) {
      const at::Tensor e = view.z[0].exp();
      view.total = view.total + e.mean();
      e.add_(1);  // which the gradient of exp needs as it was
    }
    if (fault_.is("constant")) view.total = view.total + 0.01 * view.z[0].var({3}, true).sqrt().sum();
    if (fault_.is("global")) view.total = view.total * (1 + 0.01 * ++calls);
    if (!fault_.is("workspace")) return;
    if (!work_.defined()) work_ = at::zeros({8, 64});
    std::memcpy(work_.mutable_data_ptr(), x.const_data_ptr(), std::min(work_.nbytes(), x.nbytes()));
    view.total = view.total + (work_.narrow(1, 0, 7) * scale_).mean();
  }

  Fault fault_;
  std::int64_t channels_, length_;
  HostServices* host_;
  bool training_ = true;
  int hidden_ = 0, answered_ = 0;
  at::Tensor scale_, shift_, levels_, work_;
};

std::unique_ptr<Tokenizer> create(const Params& params, const Context& context) {
  return std::make_unique<Tokens>(params, context);
}

}  // namespace
}  // namespace autodidact::faulty

FAULTY(tokenizer, "gradient stochastic_encode", autodidact::faulty::kParams, autodidact::faulty::create, nullptr,
       nullptr);
