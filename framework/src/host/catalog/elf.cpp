#include "host/catalog/elf.hpp"

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace autodidact {

namespace fs = std::filesystem;

namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
constexpr const char* kMachineName = "x86-64";
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
constexpr const char* kMachineName = "aarch64";
#else
#error "name this processor's ELF machine"
#endif

template <class T>
bool read_at(std::ifstream& in, std::uint64_t offset, T& value) {
  in.seekg(static_cast<std::streamoff>(offset));
  return static_cast<bool>(in.read(reinterpret_cast<char*>(&value), sizeof value));
}

std::string truncated(std::uint64_t needed, std::uint64_t size) {
  return "truncated: has " + std::to_string(size) + " bytes, its headers speak of " + std::to_string(needed) +
         "; build or copy it again";
}

// a * b + c without overflow; a hostile header may hold anything.
std::uint64_t end_of(std::uint64_t start, std::uint64_t count, std::uint64_t each) {
  const __uint128_t end = static_cast<__uint128_t>(count) * each + start;
  return end > UINT64_MAX ? UINT64_MAX : static_cast<std::uint64_t>(end);
}

std::string header_fault(const Elf64_Ehdr& h) {
  if (h.e_ident[EI_CLASS] != ELFCLASS64 || h.e_ident[EI_DATA] != ELFDATA2LSB || h.e_machine != kMachine)
    return std::string("built for another processor (ELF machine ") + std::to_string(h.e_machine) + "); wanted " +
           kMachineName + "; build it on this kind of machine";
  if (h.e_type != ET_DYN)
    return "an ELF file of type " + std::to_string(h.e_type) +
           ", not a shared library; build it with autodidact_add_plugin";
  return "";
}

}  // namespace

std::string elf_fault(const fs::path& file) {
  std::error_code ec;
  const fs::file_status status = fs::status(file, ec);
  if (!fs::exists(status)) return "no such file";
  if (!fs::is_regular_file(status)) return "not a regular file; expected a shared library";
  const std::uint64_t size = fs::file_size(file, ec);
  std::ifstream in(file, std::ios::binary);
  if (ec || !in) return "cannot be read; check its permissions";
  if (size == 0) return "empty; build or copy it again";

  Elf64_Ehdr header;
  if (!read_at(in, 0, header)) {
    in.clear();
    char magic[SELFMAG] = {};
    in.seekg(0);
    in.read(magic, SELFMAG);
    if (std::memcmp(magic, ELFMAG, SELFMAG) == 0) return truncated(sizeof header, size);
    return "not a shared library (no ELF header)";
  }
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return "not a shared library (no ELF header)";
  if (const std::string fault = header_fault(header); !fault.empty()) return fault;

  const std::uint64_t sections = end_of(header.e_shoff, header.e_shnum, header.e_shentsize);
  if (sections > size) return truncated(sections, size);
  const std::uint64_t segments = end_of(header.e_phoff, header.e_phnum, sizeof(Elf64_Phdr));
  if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0)
    return "corrupt: no program headers; build it again";
  if (segments > size) return truncated(segments, size);
  for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    if (!read_at(in, end_of(header.e_phoff, i, sizeof segment), segment)) return "cannot be read to its end";
    const std::uint64_t end = end_of(segment.p_offset, 1, segment.p_filesz);
    if (segment.p_type == PT_LOAD && end > size) return truncated(end, size);
  }
  return "";
}

}  // namespace autodidact
