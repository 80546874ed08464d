// Text files of numbers: read whole, cut into lines and fields, every complaint with file, line and column.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace autodidact {

// Limits on files from strangers: checked before memory is taken.
inline constexpr std::uintmax_t kMostFileBytes = 8ull << 30;
inline constexpr std::int64_t kMostValues = 1ll << 28;  // of one file: 2 GiB as float64
inline constexpr std::int64_t kMostLines = 10'000'000;

// The content of a regular file. Throws DataError if it cannot be read, is empty, or is above kMostFileBytes.
std::string read_whole(const std::filesystem::path& file);

// Where one stands in a text file. `column` counts fields of the line from 1; 0: the line as a whole.
struct Place {
  const std::filesystem::path* file = nullptr;
  std::int64_t line = 0, column = 0;
  std::string text() const;  // "file:line: column 3"
  [[noreturn]] void fail(const std::string& what) const;
};

// A piece of the file as it may be shown in a message: short, printable, quoted.
std::string in_quotes(std::string_view piece);
std::string_view trimmed(std::string_view text);  // without spaces, tabs and carriage returns at its ends

// The next line without its end; false at the end of the text.
bool next_line(std::string_view& rest, std::string_view& line);
// The next field up to `separator`; false when the line is used up.
bool next_field(std::string_view& rest, char separator, std::string_view& field);

// A finite number, or NaN for a missing value (NaN, nan, ?). Anything else is an error.
double parse_number(std::string_view field, const Place& place);

}  // namespace autodidact
