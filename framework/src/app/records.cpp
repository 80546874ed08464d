// Verbs on one record: generate, encode, score.
#include <fmt/format.h>

#include "app/attempts.hpp"
#include "app/commands.hpp"
#include "app/version.hpp"
#include "app/watched.hpp"
#include "autodidact/plugin/error.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

void check_output(const std::string& output, const std::vector<std::string>& endings) {
  for (const std::string& ending : endings)
    if (fs::path(output).extension() == ending) return;
  throw ConfigError("-o " + output + ": expected a name that ends in " + endings.front() +
                    (endings.size() > 1 ? " or " + endings.back() : ""));
}

}  // namespace

int generate_command(World& world, const GenerateCommand& command) {
  check_output(command.output, {".npy", ".h5"});
  GenerateRequest request{command.record, world.run_of(command.record), command.n, command.label, command.seed,
                          command.output};
  if (command.seed < 0) request.seed = request.run.seed;
  Watched watched("generate");
  world.engine().generate(request, watched.progress());
  watched.done(fmt::format("{} series", command.n));
  fmt::print("{}\n", command.output);
  return exit_ok;
}

int encode_command(World& world, const std::string& record, const std::string& data, const std::string& output) {
  check_output(output, {".h5"});
  Watched watched("encode");
  world.engine().encode({record, world.run_of(record), data, output}, watched.progress());
  watched.done(output);
  fmt::print("{}\n", output);
  return exit_ok;
}

int score_command(World& world, const std::string& record) {
  const Run run = world.run_of(record);
  RunOptions options;
  options.out = fs::absolute(record).parent_path();
  options.data_roots = world.data_roots();
  options.card_dirs = world.card_dirs();
  options.version = program_version();
  Watched watched("score " + title_of(run));
  const RunOutcome outcome = world.engine().score(record, run, options, watched.progress());
  watched.done("measured");
  fmt::print("{}\n", outcome.file.string());
  return exit_ok;
}

}  // namespace autodidact
