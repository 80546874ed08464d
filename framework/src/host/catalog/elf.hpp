// A look at a file before anything of it is mapped: the dynamic loader dies of SIGBUS on a truncated library.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace autodidact {

// "" if the file can be a shared library for this machine, whole as far as its headers say; else one line: what was
// found, what is wanted, the fix. Catches every truncation; bytes that were changed inside are for the load probe.
std::string elf_fault(const std::filesystem::path& file);

// The names that a shared library offers to others, sorted; none of a file without section headers. Throws DataError
// for a file whose tables point beyond its end.
std::vector<std::string> exported_symbols(const std::filesystem::path& file);

}  // namespace autodidact
