#include "protocol/trainer.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "autodidact/plugin/error.hpp"
#include "host/open.hpp"
#include "host/random.hpp"
#include "protocol/history.hpp"
#include "protocol/optimizer.hpp"
#include "protocol/state.hpp"
#include "results/file.hpp"

namespace autodidact {

namespace {

using Clock = std::chrono::steady_clock;
double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Where the loop stands; what a checkpoint adds to the tensors.
struct Position {
  std::int64_t epoch = 0, step = 0, step_in_epoch = 0;
  double seconds = 0;  // of training before this process
};

void check_finite(const std::vector<Parameter>& parameters, const std::string& stage, std::int64_t step) {
  for (const Parameter& p : parameters)
    if (!at::isfinite(p.tensor.detach().sum()).item<bool>() && !at::isfinite(p.tensor.detach()).all().item<bool>())
      throw Diverged(fmt::format("{}: parameter '{}' is not finite after step {}", stage, p.name, step));
}

class Checkpoint {
 public:
  Checkpoint(const TrainTask& task, const TrainControl& control, AdamW& optimiser, History& history)
      : task_(task), control_(control), optimiser_(optimiser), history_(history), last_(Clock::now()) {}

  bool restore(Position& at) {
    if (control_.checkpoint.empty() || !std::filesystem::exists(control_.checkpoint)) return false;
    const Record record = read_record(control_.checkpoint);
    load_state(record, "state/", task_.state);
    load_state(record, "optimiser/", optimiser_.state());
    history_.restore(record);
    const Values& p = record.attributes.at("position");
    at.epoch = std::get<std::int64_t>(p.at("epoch"));
    at.step = std::get<std::int64_t>(p.at("step"));
    at.step_in_epoch = std::get<std::int64_t>(p.at("step_in_epoch"));
    at.seconds = std::get<double>(p.at("seconds"));
    return true;
  }

  // At a step boundary. Never overwrites a good checkpoint with numbers that are not finite.
  void write(const Position& at) {
    if (control_.checkpoint.empty()) return;
    check_finite(task_.parameters, task_.stage, at.step);
    Record record;
    put_state(record, "state/", task_.state);
    put_state(record, "optimiser/", optimiser_.state());
    history_.put(record);
    record.attributes["position"] = {
        {"epoch", at.epoch}, {"step", at.step}, {"step_in_epoch", at.step_in_epoch}, {"seconds", at.seconds}};
    write_record(record, control_.checkpoint, /*deflate=*/0);
    last_ = Clock::now();
  }
  bool due() const { return since(last_) >= control_.checkpoint_seconds; }

 private:
  const TrainTask& task_;
  const TrainControl& control_;
  AdamW& optimiser_;
  History& history_;
  Clock::time_point last_;
};

// Indices of one batch out of an epoch's order; a last batch of one series joins the one before.
at::Tensor batch_of(const at::Tensor& order, std::int64_t batch, std::int64_t step_in_epoch, std::int64_t steps) {
  const std::int64_t n = order.size(0), first = step_in_epoch * batch;
  return order.slice(0, first, step_in_epoch + 1 == steps ? n : first + batch);
}

}  // namespace

std::int64_t steps_per_epoch(std::int64_t n, std::int64_t batch) {
  const std::int64_t whole = (n + batch - 1) / batch;
  return n % batch == 1 && whole > 1 ? whole - 1 : whole;
}

TrainLength train_length(const TrainSettings& settings, std::int64_t n) {
  const std::int64_t each = steps_per_epoch(n, settings.batch);
  if (settings.steps > 0) return {(settings.steps + each - 1) / each, settings.steps};
  return {settings.epochs, settings.epochs * each};
}

TrainResult train(const TrainTask& task, const TrainControl& control) {
  const TrainLength length = train_length(task.settings, task.n);
  const std::int64_t each = steps_per_epoch(task.n, task.settings.batch);
  AdamW optimiser(task.parameters, task.settings.weight_decay);
  History history;
  Checkpoint checkpoint(task, control, optimiser, history);
  Position at;
  const Progress silent;
  const Progress& progress = control.progress ? *control.progress : silent;
  if (checkpoint.restore(at)) progress.say(task.stage, StageEvent::resumed, fmt::format("at step {}", at.step));
  const double before = at.seconds;
  double paused = 0;  // in checkpoints
  const Clock::time_point start = Clock::now();

  // A checkpoint may stand behind the last step of an epoch that is not closed yet.
  for (; at.step < length.steps || at.step_in_epoch > 0; ++at.epoch) {
    const at::Tensor order = [&] {
      at::Generator generator = generator_for({task.seed, task.stage, "protocol", "order", at.epoch});
      return at::randperm(task.n, generator, at::kLong);
    }();
    if (task.begin_epoch) task.begin_epoch(at.epoch);
    for (; at.step_in_epoch < each && at.step < length.steps; ++at.step_in_epoch) {
      const StepInfo info{at.epoch, at.step, at.step_in_epoch, length.steps, length.epochs, 0};
      {
        const at::AutoGradMode grad(true);
        const Loss loss = task.loss(batch_of(order, task.settings.batch, at.step_in_epoch, each), info);
        history.add(loss);
        if (!std::isfinite(history.last_total()))
          throw Diverged(fmt::format("{}: the loss is {} at epoch {}, step {}", task.stage, history.last_total(),
                                     at.epoch, at.step));
        optimiser.zero_grad();
        loss.total.backward();
      }
      optimiser.step(learning_rate(task.settings, at.step, length.steps));
      if (task.after_step) {
        const at::NoGradGuard no_grad;
        task.after_step(info);
      }
      ++at.step;
      progress.at(at.step, length.steps, "step", history.last_total());

      const bool stop = progress.stopped();
      if (stop || checkpoint.due()) {
        const Clock::time_point pause = Clock::now();
        Position next = at;
        ++next.step_in_epoch;
        next.seconds = before + since(start) - paused;
        checkpoint.write(next);
        paused += since(pause);
      }
      if (stop) throw Stopped(fmt::format("{}: stopped after step {} of {}", task.stage, at.step, length.steps));
    }
    at.step_in_epoch = 0;
    history.close_epoch(at.epoch, at.step, learning_rate(task.settings, at.step - 1, length.steps),
                        before + since(start) - paused);
  }
  optimiser.zero_grad();
  check_finite(task.parameters, task.stage, at.step);
  return {history.table(), length.steps, length.epochs, before + since(start) - paused};
}

}  // namespace autodidact
