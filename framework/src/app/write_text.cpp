#include "app/write_text.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "autodidact/plugin/error.hpp"

namespace autodidact {

void write_text(const std::string& file, const std::string& text) {
  const std::string aside = file + ".tmp";
  std::ofstream out(aside, std::ios::binary);
  out << text;
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(aside, file, error);
  if (out && !error) return;
  const std::string reason = error ? error.message() : std::strerror(errno);
  std::filesystem::remove(aside, error);
  throw DataError(file + ": cannot write: " + reason);
}

}  // namespace autodidact
