// What a plugin must leave as it found it: threads, open files, the process's and LibTorch's settings.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>

namespace autodidact {

struct Surroundings {
  std::size_t threads = 0;
  std::map<int, std::string> files;             // open descriptors and what they lead to
  std::map<std::string, std::string> settings;  // "threads of LibTorch" -> "1"
};
Surroundings look_around();

// "" or what differs, as one line.
std::string threads_difference(const Surroundings& before, const Surroundings& after);
std::string files_difference(const Surroundings& before, const Surroundings& after);
std::string settings_difference(const Surroundings& before, const Surroundings& after);

// Names of what lies in a folder, with those below, in one line; "" if it is empty.
std::string contents_of(const std::filesystem::path& folder);

// Bytes of the heap that are in use; 0 where the allocator does not say (sanitizers).
std::size_t heap_in_use();

}  // namespace autodidact
