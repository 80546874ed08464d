// The verbs of the program, one file each. Each returns an exit code; errors are thrown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/world.hpp"
#include "config/study.hpp"

namespace autodidact {

struct RunCommand {
  std::string suite;
  std::vector<std::string> overrides;
  std::string out = "results/local";
  std::string reuse = "digest";
  std::string jobs = "auto";
  double checkpoint_seconds = 60;
  bool dry_run = false;
  bool print_config = false;
  std::optional<std::size_t> attempt;  // of a child process
  int report_fd = -1;
  std::vector<std::string> words;  // the command line, to start children with
};
int run_command(World& world, const RunCommand& command);
// A suite's name may be that of a study of the measures: no method, no training.
int study_command(World& world, const RunCommand& command, const Study& study);

struct GenerateCommand {
  std::string record, output;
  std::int64_t n = 100, seed = -1;  // -1: the run's own
  std::optional<std::string> label;
};
int generate_command(World& world, const GenerateCommand& command);
int encode_command(World& world, const std::string& record, const std::string& data, const std::string& output);

struct ScoreCommand {
  std::vector<std::string> words;  // RUN.h5, key=value
  std::string dataset, samples, labels, name, layout, out = "results/local";
  bool scaled = false, any_scale = false;
};
int score_command(World& world, const ScoreCommand& command);

struct LeaderboardCommand {
  std::string folder, html, csv;
};
int leaderboard_command(World& world, const LeaderboardCommand& command);

int list_command(World& world, const std::string& what);

struct ShowCommand {
  std::string what, name;
  bool markdown = false;  // of a plugin: the table of its parameters alone, as in its README
  // of `show augmentation`
  std::string dataset, html, suite;
  std::int64_t n = 6, seed = 1;
};
int show_command(World& world, const ShowCommand& command);
int show_augmentation(World& world, const ShowCommand& command);

struct CheckCommand {
  std::string plugin;               // file or name
  std::vector<std::string> values;  // key=value
  std::vector<std::string> golden, only;
  double seconds = 20, memory = 4;  // limits of one check; memory in GB
};
int check_command(World& world, const CheckCommand& command);
int selftest_command(World& world, const std::string& golden);

}  // namespace autodidact
