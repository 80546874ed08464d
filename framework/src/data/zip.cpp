#include "data/zip.hpp"

#include <zlib.h>

#include <algorithm>

#include "autodidact/plugin/error.hpp"
#include "data/text.hpp"

namespace autodidact {
namespace {

constexpr std::uint32_t kLocal = 0x04034b50, kCentral = 0x02014b50, kEnd = 0x06054b50, kEnd64 = 0x06064b50;
constexpr std::uint64_t kDeflateReach = 1032;  // a deflated byte gives at most so many
constexpr std::size_t kMostMembers = 1000;

struct Bytes {
  std::string_view data;
  const std::string& what;

  std::uint64_t number(std::uint64_t at, unsigned width) const {
    if (at > data.size() || data.size() - at < width) fail("cut off or damaged");
    std::uint64_t value = 0;
    for (unsigned i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(data[at + i]);
    return value;
  }
  std::string_view part(std::uint64_t at, std::uint64_t size) const {
    if (at > data.size() || data.size() - at < size) fail("cut off or damaged");
    return data.substr(at, size);
  }
  [[noreturn]] void fail(const std::string& text) const { throw DataError(what + ": the zip archive is " + text); }
};

struct Directory {
  std::uint64_t count = 0, offset = 0;
};

// The end record stands in the last 64 KiB; archives above 4 GiB point on to a 64-bit one.
Directory find_directory(const Bytes& bytes) {
  constexpr std::uint64_t kRecord = 22, kComment = 65535, kLocator = 20;
  const std::uint64_t size = bytes.data.size();
  if (size < kRecord) bytes.fail("too short");
  const std::uint64_t first = size - std::min(size, kRecord + kComment);
  for (std::uint64_t at = size - kRecord;; --at) {
    if (bytes.number(at, 4) == kEnd) {
      Directory found{bytes.number(at + 10, 2), bytes.number(at + 16, 4)};
      if (found.count == 0xffff || found.offset == 0xffffffff) {
        if (at < kLocator) bytes.fail("damaged");
        const std::uint64_t end64 = bytes.number(at - kLocator + 8, 8);
        if (bytes.number(end64, 4) != kEnd64) bytes.fail("damaged");
        found = {bytes.number(end64 + 32, 8), bytes.number(end64 + 48, 8)};
      }
      return found;
    }
    if (at == first) bytes.fail("none: its directory is missing; the file is cut off or of another kind");
  }
}

// Sizes that do not fit 32 bits stand in extra field 1, in this order, each only where the 32-bit field is full.
void take_zip64(const Bytes& bytes, std::uint64_t at, std::uint64_t length, ZipMember& member) {
  const std::uint64_t end = at + length;
  while (at + 4 <= end) {
    const std::uint64_t id = bytes.number(at, 2), size = bytes.number(at + 2, 2);
    std::uint64_t field = at + 4;
    if (id == 1) {
      for (std::uint64_t* value : {&member.size, &member.packed, &member.offset}) {
        if (*value != 0xffffffff) continue;
        *value = bytes.number(field, 8);
        field += 8;
      }
    }
    at += 4 + size;
  }
}

std::string inflate_all(std::string_view packed, std::uint64_t size, const Bytes& bytes) {
  std::string content(size, '\0');
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) bytes.fail("not readable: zlib could not start");
  constexpr std::uint64_t kPart = 1u << 30;  // zlib counts in 32 bits
  std::uint64_t in = 0, out = 0;
  int state = Z_OK;
  while (state == Z_OK) {
    const std::uint64_t give = std::min(kPart, packed.size() - in), room = std::min(kPart, size - out);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data() + in));
    stream.avail_in = static_cast<uInt>(give);
    stream.next_out = reinterpret_cast<Bytef*>(content.data() + out);
    stream.avail_out = static_cast<uInt>(room);
    state = inflate(&stream, Z_NO_FLUSH);
    in += give - stream.avail_in;
    out += room - stream.avail_out;
    if (state == Z_OK && stream.avail_in == give && stream.avail_out == room) break;  // no headway
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END || out != size) bytes.fail("damaged: a member does not inflate to its declared size");
  return content;
}

}  // namespace

std::map<std::string, ZipMember> zip_members(std::string_view archive, const std::string& what) {
  const Bytes bytes{archive, what};
  const Directory directory = find_directory(bytes);
  if (directory.count > kMostMembers) bytes.fail("too large: above " + std::to_string(kMostMembers) + " members");
  std::map<std::string, ZipMember> members;
  std::uint64_t at = directory.offset;
  for (std::uint64_t i = 0; i < directory.count; ++i) {
    if (bytes.number(at, 4) != kCentral) bytes.fail("damaged: its directory is broken");
    ZipMember member;
    member.flags = static_cast<std::uint16_t>(bytes.number(at + 8, 2));
    member.method = static_cast<std::uint16_t>(bytes.number(at + 10, 2));
    member.crc = static_cast<std::uint32_t>(bytes.number(at + 16, 4));
    member.packed = bytes.number(at + 20, 4);
    member.size = bytes.number(at + 24, 4);
    const std::uint64_t name = bytes.number(at + 28, 2), extra = bytes.number(at + 30, 2);
    const std::uint64_t comment = bytes.number(at + 32, 2);
    member.offset = bytes.number(at + 42, 4);
    const std::string key(bytes.part(at + 46, name));
    take_zip64(bytes, at + 46 + name, extra, member);
    if (!members.emplace(key, member).second) bytes.fail("damaged: it holds " + in_quotes(key) + " twice");
    at += 46 + name + extra + comment;
  }
  return members;
}

std::string zip_content(std::string_view archive, const ZipMember& member, const std::string& what) {
  const Bytes bytes{archive, what};
  if (member.flags & 1) bytes.fail("encrypted, which is not read");
  if (bytes.number(member.offset, 4) != kLocal) bytes.fail("damaged: a member's header is missing");
  const std::uint64_t name = bytes.number(member.offset + 26, 2), extra = bytes.number(member.offset + 28, 2);
  const std::string_view packed = bytes.part(member.offset + 30 + name + extra, member.packed);
  if (member.size > kMostFileBytes)
    bytes.fail("too large: a member of " + std::to_string(member.size) + " bytes, above the limit of " +
               std::to_string(kMostFileBytes));
  std::string content;
  if (member.method == 0) {
    if (member.size != member.packed) bytes.fail("damaged: a stored member with two sizes");
    content = std::string(packed);
  } else if (member.method == 8) {
    if (member.size / kDeflateReach > member.packed + 1)
      bytes.fail("damaged: a member declares more bytes than it can hold");
    content = inflate_all(packed, member.size, bytes);
  } else {
    bytes.fail("packed by method " + std::to_string(member.method) + "; expected stored or deflated (numpy.savez)");
  }
  const auto* data = reinterpret_cast<const Bytef*>(content.data());
  if (crc32_z(crc32_z(0, nullptr, 0), data, content.size()) != member.crc) bytes.fail("damaged: a checksum is wrong");
  return content;
}

}  // namespace autodidact
