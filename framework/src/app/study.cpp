// autodidact run STUDY: the measures themselves under study.
#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/version.hpp"
#include "app/watched.hpp"
#include "app/write_text.hpp"
#include "autodidact/plugin/error.hpp"
#include "results/response.hpp"

namespace autodidact {

namespace fs = std::filesystem;

int study_command(World& world, const RunCommand& command, const Study& study) {
  if (command.dry_run || command.print_config)
    throw ConfigError(command.suite +
                      ": a study of measures trains no method: --dry-run and --print-config are of suites");
  RunOptions options;
  options.out = fs::absolute(command.out);
  options.data_roots = world.data_roots();
  options.card_dirs = world.card_dirs();
  options.checkpoint_seconds = command.checkpoint_seconds;
  options.version = program_version();
  std::error_code error;
  fs::create_directories(options.out, error);
  if (error) throw ConfigError("--out " + options.out.string() + ": the folder cannot be made: " + error.message());
  Watched watched(study.name);
  const Table table = world.engine().corruption_study(study.runs, options, watched.progress());
  watched.done(fmt::format("{} datasets", study.runs.size()));
  const Responses responses = responses_of(table);
  const std::string text = responses_markdown(responses);
  const auto write = [&](const char* name, const std::string& content) {
    write_text(options.out / name, content);
    fmt::print("{}\n", (options.out / name).string());
  };
  write("study.csv", study_csv(table));
  write("study.md", text);
  write("study.vl.json", responses_vega(responses));
  write("study.html", responses_page(responses));
  return exit_ok;
}

}  // namespace autodidact
