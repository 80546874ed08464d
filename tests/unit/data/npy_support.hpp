// Writes .npy arrays and zip archives as NumPy does.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace autodidact::test {

template <class T>
std::string raw_bytes(const std::vector<T>& values) {
  return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

inline std::string npy(const std::string& descr, const std::string& shape, const std::string& data,
                       bool fortran = false) {
  std::string header =
      "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }";
  header.resize((header.size() + 10 + 1 + 63) / 64 * 64 - 11, ' ');
  header += '\n';
  std::string file = "\x93NUMPY";
  file += '\1';
  file += '\0';
  file += static_cast<char>(header.size() & 0xff);
  file += static_cast<char>(header.size() >> 8);
  return file + header + data;
}

inline std::string little(std::uint64_t value, int width) {
  std::string bytes;
  for (int i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

inline std::string deflated(const std::string& content) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// Members of (name, content). zip64: the local headers carry the extra field that numpy.savez writes.
inline std::string zip(const std::vector<std::pair<std::string, std::string>>& members, bool deflate_them,
                       bool zip64 = true) {
  std::string archive, directory;
  for (const auto& [name, content] : members) {
    const std::string packed = deflate_them ? deflated(content) : content;
    const auto crc = crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
    const std::string method = little(deflate_them ? 8 : 0, 2);
    const std::string extra =
        zip64 ? little(1, 2) + little(16, 2) + little(content.size(), 8) + little(packed.size(), 8) : "";
    const std::string common = little(0, 2) + method + little(0, 4) + little(crc, 4);
    directory += little(0x02014b50, 4) + little(45, 2) + little(45, 2) + common + little(packed.size(), 4) +
                 little(content.size(), 4) + little(name.size(), 2) + little(0, 2) + little(0, 2) + little(0, 2) +
                 little(0, 2) + little(0, 4) + little(archive.size(), 4) + name;
    const std::uint64_t full = 0xffffffff;
    archive += little(0x04034b50, 4) + little(45, 2) + common + little(zip64 ? full : packed.size(), 4) +
               little(zip64 ? full : content.size(), 4) + little(name.size(), 2) + little(extra.size(), 2) + name +
               extra + packed;
  }
  const std::size_t begin = archive.size();
  return archive + directory + little(0x06054b50, 4) + little(0, 4) + little(members.size(), 2) +
         little(members.size(), 2) + little(directory.size(), 4) + little(begin, 4) + little(0, 2);
}

}  // namespace autodidact::test
