// Verbs on one record: generate, encode, score.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/attempts.hpp"
#include "app/commands.hpp"
#include "app/version.hpp"
#include "app/watched.hpp"
#include "autodidact/plugin/error.hpp"
#include "config/external.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

void check_output(const std::string& output, const std::vector<std::string>& endings) {
  for (const std::string& ending : endings)
    if (fs::path(output).extension() == ending) return;
  throw ConfigError("-o " + output + ": expected a name that ends in " + endings.front() +
                    (endings.size() > 1 ? " or " + endings.back() : ""));
}

// What was written, for who reads it and for programs.
void print_file(const World& world, const fs::path& file) {
  if (world.options().json)
    fmt::print("{}\n", nlohmann::json{{"file", file.string()}}.dump());
  else
    fmt::print("{}\n", file.string());
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
  print_file(world, command.output);
  return exit_ok;
}

int encode_command(World& world, const std::string& record, const std::string& data, const std::string& output) {
  check_output(output, {".h5"});
  Watched watched("encode");
  world.engine().encode({record, world.run_of(record), data, output}, watched.progress());
  watched.done(output);
  print_file(world, output);
  return exit_ok;
}

namespace {

RunOptions score_options(World& world, const fs::path& out) {
  RunOptions options;
  options.out = out;
  options.data_roots = world.data_roots();
  options.card_dirs = world.card_dirs();
  options.version = program_version();
  return options;
}

int score_record(World& world, const std::string& record, const std::vector<std::string>& words) {
  const RunOptions options = score_options(world, fs::absolute(record).parent_path());
  const std::optional<Values> external = world.external_config(record);
  Run run = external ? external_run(*external) : world.run_of(record);
  change_evaluation(run, words);
  Watched watched("score " + title_of(run));
  const auto score = external ? world.engine().score_samples_again : world.engine().score;
  const RunOutcome outcome = score(record, run, options, watched.progress());
  watched.done("measured");
  print_file(world, outcome.file);
  return exit_ok;
}

int score_samples(World& world, const ScoreCommand& command, const std::vector<std::string>& words) {
  const bool file = fs::path(command.out).extension() == ".h5";
  const fs::path out = fs::absolute(command.out);
  ScoreRequest request;
  request.samples = command.samples;
  request.labels = command.labels;
  request.layout = command.layout;
  request.scaled = command.scaled;
  request.any_scale = command.any_scale;
  request.run = external_run(command.name.empty() ? fs::path(command.samples).stem().string() : command.name,
                             command.dataset, words);
  request.output = file ? out : fs::path();
  request.options = score_options(world, file ? out.parent_path() : out);
  std::error_code error;
  fs::create_directories(request.options.out, error);
  if (error) throw ConfigError("--out " + command.out + ": the folder cannot be made: " + error.message());
  Watched watched("score " + request.run.method + " on " + request.run.dataset);
  const RunOutcome outcome = world.engine().score_samples(request, watched.progress());
  watched.done("measured");
  print_file(world, outcome.file);
  return exit_ok;
}

}  // namespace

int score_command(World& world, const ScoreCommand& command) {
  std::vector<std::string> files, words;
  for (const std::string& word : command.words)
    (word.find('=') == std::string::npos || fs::exists(word) ? files : words).push_back(word);
  if (command.samples.empty() != command.dataset.empty())
    throw ConfigError("score: --samples FILE and --dataset NAME belong together");
  if (files.size() + (command.samples.empty() ? 0 : 1) != 1)
    throw ConfigError("score: expected one RUN.h5, or --dataset NAME --samples FILE");
  if (!command.samples.empty()) return score_samples(world, command, words);
  if (!fs::exists(files.front())) throw ConfigError("score: " + files.front() + ": there is no such file");
  return score_record(world, files.front(), words);
}

}  // namespace autodidact
