// autodidact leaderboard: records of a folder as a table, CSV, JSON and a page.
#include "results/leaderboard.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/write_text.hpp"
#include "autodidact/plugin/error.hpp"
#include "results/report.hpp"

namespace autodidact {

int leaderboard_command(World& world, const LeaderboardCommand& command) {
  const Folder folder = read_folder(command.folder);
  for (const std::string& problem : folder.problems) say(LogLevel::warning, problem);
  if (folder.runs.empty())
    throw DataError(command.folder + ": holds no record of a run (*.h5). `autodidact run` writes them");
  const Leaderboard board = make_leaderboard(folder.runs);
  if (world.options().json)
    fmt::print("{}\n", leaderboard_json(board));
  else
    fmt::print("{}", leaderboard_text(board, colours(1), std::clamp<std::size_t>(output_width(), 80, 160)));
  if (!command.csv.empty())
    write_text(command.csv, leaderboard_csv(make_leaderboard(folder.runs, all_measures(folder.runs))));
  if (!command.html.empty()) {
    write_text(command.html, report_page(folder, board));
    say(LogLevel::info, "page: " + std::filesystem::absolute(command.html).string());
  }
  return exit_ok;
}

}  // namespace autodidact
