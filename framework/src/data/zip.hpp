// Reading members of a zip archive, as numpy.savez and savez_compressed write it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace autodidact {

struct ZipMember {
  std::uint64_t offset = 0;  // of its local header
  std::uint64_t packed = 0, size = 0;
  std::uint32_t crc = 0;
  std::uint16_t method = 0, flags = 0;
};

// The central directory. Throws DataError beginning with `what` if the archive is cut off or damaged.
std::map<std::string, ZipMember> zip_members(std::string_view archive, const std::string& what);

// A member's content, checked by its CRC. Its declared size is checked against what deflate can reach and against
// the file limit before memory is taken.
std::string zip_content(std::string_view archive, const ZipMember& member, const std::string& what);

}  // namespace autodidact
