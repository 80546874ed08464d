#include "data/text.hpp"

#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <system_error>

#include "autodidact/plugin/error.hpp"

namespace autodidact {
namespace {

bool is_missing(std::string_view field) {
  if (field == "?") return true;
  if (field.size() != 3) return false;
  const auto lower = [&](std::size_t i) { return std::tolower(static_cast<unsigned char>(field[i])); };
  return lower(0) == 'n' && lower(1) == 'a' && lower(2) == 'n';
}

// from_chars says the same for too large and too small; only the first is an error.
double out_of_range(std::string_view field, const Place& place) {
  const double value = std::strtod(std::string(field).c_str(), nullptr);
  if (std::isfinite(value)) return value;
  place.fail("found " + in_quotes(field) + ", which is too large for a number");
}

}  // namespace

std::string read_whole(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (error || !std::filesystem::exists(status)) throw DataError(file.string() + ": no such file");
  if (!std::filesystem::is_regular_file(status)) throw DataError(file.string() + ": is not a regular file");
  const auto size = std::filesystem::file_size(file, error);
  if (error) throw DataError(file.string() + ": " + error.message());
  if (size == 0) throw DataError(file.string() + ": the file is empty; expected at least one series");
  if (size > kMostFileBytes)
    throw DataError(file.string() + ": found " + std::to_string(size) + " bytes, above the limit of " +
                    std::to_string(kMostFileBytes));
  std::string content(size, '\0');
  std::ifstream stream(file, std::ios::binary);
  stream.read(content.data(), static_cast<std::streamsize>(size));
  if (!stream || static_cast<std::uintmax_t>(stream.gcount()) != size)
    throw DataError(file.string() + ": cannot be read to its end");
  return content;
}

std::string Place::text() const {
  std::string where = file->string();
  if (line > 0) where.append(":").append(std::to_string(line));
  if (column > 0) where.append(": column ").append(std::to_string(column));
  return where;
}

void Place::fail(const std::string& what) const { throw DataError(text() + ": " + what); }

std::string in_quotes(std::string_view piece) {
  constexpr std::size_t kMost = 24;
  std::string shown = "'";
  for (const char c : piece.substr(0, kMost)) shown += std::isprint(static_cast<unsigned char>(c)) ? c : '?';
  return shown + (piece.size() > kMost ? "...'" : "'");
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool next_line(std::string_view& rest, std::string_view& line) {
  if (rest.empty()) return false;
  const std::size_t end = rest.find('\n');
  line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return true;
}

bool next_field(std::string_view& rest, char separator, std::string_view& field) {
  if (rest.data() == nullptr) return false;
  const std::size_t end = rest.find(separator);
  field = rest.substr(0, end);
  if (end == std::string_view::npos)
    rest = std::string_view();  // a null view: a field after the last separator, even an empty one, was given
  else
    rest.remove_prefix(end + 1);
  return true;
}

double parse_number(std::string_view field, const Place& place) {
  std::string_view text = trimmed(field);
  if (text.empty()) place.fail("found an empty field, expected a number; write NaN for a missing value");
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = end == text.data() + text.size();
  if (error == std::errc() && whole && std::isfinite(value)) return value;
  if (is_missing(text)) return std::numeric_limits<double>::quiet_NaN();
  if (error == std::errc::result_out_of_range && whole) return out_of_range(text, place);
  if (error == std::errc() && whole)
    place.fail("found " + in_quotes(text) + ", expected a finite number; write NaN for a missing value");
  place.fail("found " + in_quotes(text) + ", expected a number");
}

}  // namespace autodidact
