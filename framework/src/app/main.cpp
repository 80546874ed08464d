// Dispatch only: the command line, and errors into exit codes.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstring>
#include <tuple>

#include "app/check_process.hpp"
#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/version.hpp"
#include "autodidact/plugin/error.hpp"
#include "config/suggest.hpp"

namespace {

using namespace autodidact;

constexpr const char* kAbout =
    "A benchmark for self-taught time-series tokenizers: train, generate and evaluate plugins under one protocol.";
constexpr const char* kExits =
    "Exit codes: 0 done, 1 a run or check failed, 2 command line or configuration, 3 plugin refused, 4 data,\n"
    "5 diverged, 75 stopped at a checkpoint (the same command goes on), 130 interrupted.";

struct Choice {
  std::function<int(World&)> run;
};

void add_run(CLI::App& app, Choice& choice, std::vector<std::string> words) {
  auto command = std::make_shared<RunCommand>();
  command->words = std::move(words);
  CLI::App* verb =
      app.add_subcommand("run", "Run a suite: train, generate, evaluate; what is done already is not repeated");
  verb->add_option("suite", command->suite, "Name of a suite (see `list suites`) or a TOML file")->required();
  verb->add_option("overrides", command->overrides,
                   "key=value for all methods: budget=smoke, seeds=[1], tokenizer.K=64");
  verb->add_option("--out", command->out, "Folder of records and stage outputs")->capture_default_str();
  verb->add_option("--jobs", command->jobs, "Runs side by side; auto = cores / threads of a run")
      ->capture_default_str();
  verb->add_option("--reuse", command->reuse,
                   "Accept stage outputs of the same binaries (digest) or versions (version)")
      ->check(CLI::IsMember({"digest", "version"}))
      ->capture_default_str();
  verb->add_option("--checkpoint-seconds", command->checkpoint_seconds, "Time between checkpoints of a training")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->add_flag("--dry-run", command->dry_run, "Say what would be done, and measure how long it would take");
  verb->add_flag("--print-config", command->print_config,
                 "Print the resolved configuration of every run as TOML, a document a run");
  verb->add_option("--attempt", command->attempt)->group("");
  verb->add_option("--report", command->report_fd)->group("");
  verb->callback([&choice, command] { choice.run = [command](World& w) { return run_command(w, *command); }; });
}

void add_score(CLI::App& app, Choice& choice) {
  auto score = std::make_shared<ScoreCommand>();
  CLI::App* verb = app.add_subcommand(
      "score",
      "Measure a finished run anew from its raw outputs, or samples of any method: --dataset NAME --samples FILE");
  verb->add_option("words", score->words, "RUN.h5, and key=value of the evaluation: evaluation=all");
  verb->add_option("--dataset", score->dataset, "Dataset that the samples are compared with");
  verb->add_option("--samples", score->samples, "Samples in the data's own units: .npy, .npz, .h5 or .tsv")
      ->check(CLI::ExistingFile);
  verb->add_option("--labels", score->labels, "Classes the samples were asked for: .npy, or text with one a line")
      ->check(CLI::ExistingFile);
  verb->add_option("--name", score->name, "Name of the row; default: that of the file");
  verb->add_option("--out", score->out, "RUN.h5, or a folder of records")->capture_default_str();
  verb->add_option("--layout", score->layout, "Where the shape fits both")->check(CLI::IsMember({"NCL", "NLC"}));
  verb->add_flag("--scaled", score->scaled, "Samples are standardised with mean and deviation of real train");
  verb->add_flag("--any-scale", score->any_scale, "Measure samples whose scale is not the data's");
  verb->callback([&choice, verb, score] {
    for (const CLI::Option* option : verb->get_options())
      if (option->count() > 0 && score->samples.empty() && !option->get_name().empty() &&
          option->get_name() != "--samples" && option->get_name().starts_with("--"))
        throw CLI::ValidationError(option->get_name(),
                                   "is for --samples FILE; a finished run is measured in its place");
    choice.run = [score](World& w) { return score_command(w, *score); };
  });
}

void add_records(CLI::App& app, Choice& choice) {
  auto generate = std::make_shared<GenerateCommand>();
  CLI::App* verb = app.add_subcommand("generate", "Series from a finished run, in the units of its data");
  verb->add_option("record", generate->record, "RUN.h5")->required()->check(CLI::ExistingFile);
  verb->add_option("-n", generate->n, "How many")->check(CLI::Range(1, 100000000))->capture_default_str();
  verb->add_option("--class", generate->label, "Of one class, by its label in the data");
  verb->add_option("--seed", generate->seed, "Default: the run's own, whose first series are those of the record");
  verb->add_option("-o,--output", generate->output, "F.npy or F.h5")->required();
  verb->callback([&choice, generate] { choice.run = [generate](World& w) { return generate_command(w, *generate); }; });

  auto names = std::make_shared<std::array<std::string, 3>>();
  verb = app.add_subcommand("encode", "Tokens, features and reconstructions of series under a run's tokenizer");
  verb->add_option("record", (*names)[0], "RUN.h5")->required()->check(CLI::ExistingFile);
  verb->add_option("--data,--series", (*names)[1], "File of series: .tsv, .ts, .npy or .npz")
      ->required()
      ->check(CLI::ExistingFile);
  verb->add_option("-o,--output", (*names)[2], "F.h5")->required();
  verb->callback([&choice, names] {
    choice.run = [names](World& w) { return encode_command(w, (*names)[0], (*names)[1], (*names)[2]); };
  });

  add_score(app, choice);

  auto board = std::make_shared<LeaderboardCommand>();
  verb = app.add_subcommand("leaderboard", "Runs of a folder as a table and a page");
  verb->add_option("folder", board->folder, "Folder of records")->required()->check(CLI::ExistingDirectory);
  verb->add_option("--html", board->html, "Write a page: one file, no server");
  verb->add_option("--csv", board->csv, "Write the table, one line a row, dataset and measure");
  verb->callback([&choice, board] { choice.run = [board](World& w) { return leaderboard_command(w, *board); }; });
}

void add_looks(CLI::App& app, Choice& choice) {
  auto what = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("list", "plugins, datasets, augmentations, measures or suites");
  verb->add_option("what", *what)
      ->required()
      ->check(CLI::IsMember({"plugins", "datasets", "augmentations", "measures", "suites"}));
  verb->callback([&choice, what] { choice.run = [what](World& w) { return list_command(w, *what); }; });

  auto names = std::make_shared<std::vector<std::string>>();
  auto shown = std::make_shared<ShowCommand>();
  verb = app.add_subcommand("show", "plugin NAME, dataset NAME, augmentation NAME or RUN.h5");
  verb->add_option("what", *names)->required()->expected(1, 2);
  verb->add_flag("--markdown", shown->markdown, "plugin: the table of parameters for its README");
  std::vector<CLI::Option*> drawing = {
      verb->add_option("--dataset", shown->dataset, "augmentation: draw examples on a dataset"),
      verb->add_option("--html", shown->html, "augmentation: the examples as a page, one file, no server"),
      verb->add_option("-n,--n", shown->n, "augmentation: how many series")
          ->check(CLI::Range(1, 1000))
          ->capture_default_str(),
      verb->add_option("--seed", shown->seed, "augmentation: of the draws")->capture_default_str()};
  for (std::size_t i = 1; i < drawing.size(); ++i) drawing[i]->needs(drawing.front());
  drawing.push_back(verb->add_option("--suite", shown->suite, "augmentation: a suite with sets of its own"));
  verb->callback([&choice, names, shown, drawing] {
    const std::string& first = names->front();
    if (names->size() == 1 && (first == "plugin" || first == "dataset" || first == "augmentation"))
      throw CLI::ValidationError("show " + first, "found no name, expected show " + first + " NAME");
    shown->what = names->size() == 2 ? first : "record";
    shown->name = names->back();
    for (const CLI::Option* option : drawing)
      if (option->count() > 0 && shown->what != "augmentation")
        throw CLI::ValidationError(option->get_name(), "is for `show augmentation NAME`");
    choice.run = [shown](World& w) { return show_command(w, *shown); };
  });

  CLI::App* plugin = app.add_subcommand("plugin", "check FILE|NAME")->require_subcommand(1);
  auto check = std::make_shared<CheckCommand>();
  verb = plugin->add_subcommand("check", "Run the conformance suite on a plugin, in a process of its own");
  verb->add_option("plugin", check->plugin, "FILE or NAME")->required();
  verb->add_option("values", check->values, "key=value for its parameters");
  verb->add_option("--golden", check->golden, "Golden files to compare with")->check(CLI::ExistingFile);
  verb->add_option("--only", check->only, "Only checks of these names (* and ? as in a shell)");
  verb->add_option("--seconds", check->seconds, "Longest time of one check")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--memory", check->memory, "Most memory of the checks, in GB")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->callback([&choice, check] { choice.run = [check](World& w) { return check_command(w, *check); }; });

  auto folder = std::make_shared<std::string>();
  verb = app.add_subcommand("selftest", "Compare this build with reference values");
  verb->add_option("--golden", *folder, "Folder of golden files")->required()->check(CLI::ExistingDirectory);
  verb->callback([&choice, folder] { choice.run = [folder](World& w) { return selftest_command(w, *folder); }; });
}

int fail(int code, const std::string& what) {
  fmt::print(stderr, "{}error:{} {}\n", colours(2) ? "\033[31m" : "", colours(2) ? "\033[0m" : "", what);
  return code;
}

// What is wrong with the command line, with a verb that may have been meant.
std::string usage_fault(const CLI::App& app, const CLI::ParseError& e, int argc, char** argv) {
  std::vector<std::string> verbs;
  for (const CLI::App* verb : app.get_subcommands({})) verbs.push_back(verb->get_name());
  const std::string first = argc > 1 ? argv[1] : "";
  const bool is_verb = std::find(verbs.begin(), verbs.end(), first) != verbs.end();
  if (!is_verb && !first.empty() && first.front() != '-') return "'" + first + "' is no verb" + hint(first, verbs);
  return std::string(e.what()) + " (see autodidact " + (is_verb ? first + " " : "") + "--help)";
}

int run_program(int argc, char** argv) {
  CLI::App app(kAbout, "autodidact");
  app.footer(kExits);
  app.set_version_flag("--version", fmt::format("autodidact {}\n{}\ninterface {}", program_version(),
                                                AUTODIDACT_FINGERPRINT, kInterface));
  app.require_subcommand(1);
  app.fallthrough();
  GlobalOptions options;
  // One folder each time: what stands behind it is not its own.
  for (const auto& [name, folders, about] :
       {std::tuple{"--plugin-path", &options.plugin_paths,
                   "A folder of plugins, as often as needed (also AUTODIDACT_PLUGINS)"},
        std::tuple{"--data", &options.data, "A folder of datasets, as often as needed (also AUTODIDACT_DATA)"}})
    app.add_option(name, *folders, about)->allow_extra_args(false)->type_name("FOLDER")->check(CLI::ExistingDirectory);
  app.add_flag("--json", options.json, "Data on stdout as JSON");
  app.add_flag("-q,--quiet", options.quiet, "Only warnings and errors on stderr");
  Choice choice;
  add_run(app, choice, {argv, argv + argc});
  add_records(app, choice);
  add_looks(app, choice);
  for (CLI::App* verb : app.get_subcommands({})) verb->footer("Of every verb: --data, --plugin-path, --json, --quiet.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return e.get_exit_code() == 0 ? app.exit(e) : fail(exit_usage, usage_fault(app, e, argc, argv));
  }
  set_quiet(options.quiet);
  World world(options);
  return choice.run(world);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "__probe") == 0) return probe_main(argv[2]);
  if (argc == 2 && std::strcmp(argv[1], "__check") == 0) return check_main();
  try {
    return run_program(argc, argv);
  } catch (const EngineError& e) {
    return fail(e.code(), e.what());
  } catch (const PluginRefused& e) {
    return fail(exit_plugin, e.what());
  } catch (const ConfigErrors& e) {
    for (const std::string& line : e.lines()) fail(exit_usage, line);
    return exit_usage;
  } catch (const ConfigError& e) {
    return fail(exit_usage, e.what());
  } catch (const DataError& e) {
    return fail(exit_data, e.what());
  } catch (const std::exception& e) {
    return fail(exit_failed, e.what());
  }
}
