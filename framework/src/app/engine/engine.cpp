// The engine's one exported symbol. Errors that only this library knows leave it as EngineError.
#include "app/engine/verbs.hpp"
#include "autodidact/plugin/export.hpp"
#include "host/open.hpp"
#include "protocol/corruption_study.hpp"
#include "protocol/external.hpp"
#include "protocol/rehearsal.hpp"
#include "protocol/run.hpp"

namespace autodidact {

namespace {

template <auto verb>
struct Guarded;

template <class R, class... A, R (*verb)(A...)>
struct Guarded<verb> {
  static R call(A... args) {
    try {
      return verb(args...);
    } catch (const PluginError& e) {
      throw EngineError(exit_plugin, e.what());
    } catch (const Diverged& e) {
      throw EngineError(exit_diverged, e.what());
    } catch (const Stopped& e) {
      throw EngineError(exit_stopped, e.what());
    }
  }
};

RunOutcome score_samples(const ScoreRequest& request, const Progress& progress) {
  const SampleFile from{request.samples, request.labels, request.layout, request.scaled, request.any_scale};
  return score_external(from, request.run, request.output, request.options, progress);
}

std::vector<RunState> look_all(const std::vector<Run>& runs, const RunOptions& options) {
  std::vector<RunState> states;
  for (const Run& run : runs) states.push_back(look(run, options));
  return states;
}

}  // namespace
}  // namespace autodidact

extern "C" AUTODIDACT_API const autodidact::Engine autodidact_engine = {
    autodidact::Guarded<&autodidact::execute>::call,
    autodidact::Guarded<&autodidact::look_all>::call,
    autodidact::Guarded<&autodidact::estimate>::call,
    autodidact::Guarded<&autodidact::score_again>::call,
    autodidact::Guarded<&autodidact::score_samples>::call,
    autodidact::Guarded<&autodidact::score_external_again>::call,
    autodidact::Guarded<&autodidact::corruption_study>::call,
    autodidact::Guarded<&autodidact::generate>::call,
    autodidact::Guarded<&autodidact::encode>::call,
    autodidact::Guarded<&autodidact::run_checks>::call,
    autodidact::Guarded<&autodidact::dataset_report>::call,
    autodidact::Guarded<&autodidact::measures_report>::call,
    autodidact::Guarded<&autodidact::augmentation_report>::call,
    autodidact::Guarded<&autodidact::golden_report>::call,
};
