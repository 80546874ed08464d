// Record <-> HDF5. The only place that knows HDF5.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "results/record.hpp"

namespace autodidact {

struct ReadOptions {
  std::function<bool(const std::string& path)> want;  // empty: everything. Not wanted: not read
  std::uint64_t max_bytes = 8ull << 30;               // of all data together; checked before memory is taken
};

// Written aside (<file>.<pid>.tmp), synced, renamed; the folder synced. On any failure the old file stands and the
// temporary is gone. Throws DataError naming file and reason (disk full included).
void write_record(const Record& record, const std::filesystem::path& file, int deflate = 4);
// Refuses, before anything is read: external storage, external links, virtual datasets, unknown filters.
Record read_record(const std::filesystem::path& file, const ReadOptions& options = {});

// Removes <file>.<pid>.tmp of writers that were killed: no such process here, and nothing written for `hours`, since
// the writer may run on another machine that shares the folder. How many; a folder that is not there has none.
std::size_t remove_leftovers(const std::filesystem::path& folder, double hours = 1);

}  // namespace autodidact
