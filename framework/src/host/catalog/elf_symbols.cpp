// The names that a shared library offers to others.
#include <elf.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>

#include "autodidact/plugin/error.hpp"
#include "host/catalog/elf.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

// A file in memory; whatever its headers say, nothing beyond its end is read.
class Image {
 public:
  explicit Image(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  template <class T>
  T at(std::uint64_t offset) const {
    if (bytes_.size() < sizeof(T) || offset > bytes_.size() - sizeof(T))
      throw DataError("its tables lie beyond its end");
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }
  std::string text(std::uint64_t offset) const {
    if (offset >= bytes_.size()) throw DataError("a name lies beyond its end");
    return bytes_.c_str() + offset;  // ends at the latest where the string does
  }

 private:
  std::string bytes_;
};

}  // namespace

std::vector<std::string> exported_symbols(const fs::path& file) {
  const Image image(file);
  const auto header = image.at<Elf64_Ehdr>(0);
  const auto section = [&](std::uint64_t i) {
    return image.at<Elf64_Shdr>(header.e_shoff + i * std::uint64_t{sizeof(Elf64_Shdr)});
  };
  std::vector<std::string> names;
  for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
    const Elf64_Shdr table = section(i);
    if (table.sh_type != SHT_DYNSYM) continue;
    const Elf64_Shdr texts = section(table.sh_link);
    for (std::uint64_t k = 0; k < table.sh_size / sizeof(Elf64_Sym); ++k) {
      const auto symbol = image.at<Elf64_Sym>(table.sh_offset + k * sizeof(Elf64_Sym));
      const bool visible =
          ELF64_ST_VISIBILITY(symbol.st_other) == STV_DEFAULT || ELF64_ST_VISIBILITY(symbol.st_other) == STV_PROTECTED;
      if (symbol.st_shndx != SHN_UNDEF && symbol.st_shndx != SHN_ABS && visible &&
          ELF64_ST_BIND(symbol.st_info) != STB_LOCAL)
        names.push_back(image.text(texts.sh_offset + symbol.st_name));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace autodidact
