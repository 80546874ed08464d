// autodidact run --dry-run: what would be done, and how long it would take.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/world.hpp"
#include "config/run.hpp"
#include "protocol/options.hpp"

namespace autodidact {

// --jobs as a number: `auto` is cores / threads of a run. Throws ConfigError.
std::size_t job_count(const std::string& asked, const Plan& plan);

// Prints the runs with their stages still to do, then the rehearsed time of these stages. Returns an exit code.
int dry_run(World& world, const Plan& plan, const std::vector<RunState>& states, const RunOptions& options,
            const std::string& jobs);

}  // namespace autodidact
