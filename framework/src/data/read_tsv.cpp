#include <algorithm>
#include <cmath>

#include "autodidact/plugin/error.hpp"
#include "data/readers.hpp"
#include "data/text.hpp"

namespace autodidact {
namespace {

std::int64_t fields_of(std::string_view line) { return 1 + std::count(line.begin(), line.end(), '\t'); }

void start_table(RawTable& table, std::string_view line, std::size_t file_bytes, Place place) {
  const std::int64_t fields = fields_of(line);
  if (fields < 2) place.fail("found one field " + in_quotes(line) + ", expected a label and values separated by tabs");
  table.length = fields - 1;
  table.label_column = 1;
  const std::size_t rows = file_bytes / (line.size() + 1) + 1;
  // Each value takes at least two bytes of the file, so what is reserved is bounded by the file's size.
  table.values.reserve(std::min(rows * static_cast<std::size_t>(table.length), file_bytes / 2));
}

void take_line(RawTable& table, std::string_view line, Place place) {
  const std::int64_t fields = fields_of(line);
  if (fields != table.length + 1)
    place.fail("found " + std::to_string(fields) + " columns, expected " + std::to_string(table.length + 1) +
               " as in the first line (label and " + std::to_string(table.length) +
               " values); series must have equal length: pad the end with NaN");
  std::string_view rest = line, field;
  next_field(rest, '\t', field);
  place.column = 1;
  const std::string_view label = trimmed(field);
  if (label.empty()) place.fail("found an empty field, expected the class label");
  table.labels.emplace_back(label);
  table.lines.push_back(place.line);
  while (next_field(rest, '\t', field)) {
    ++place.column;
    const double value = parse_number(field, place);
    if (std::isnan(value) && table.missing++ == 0) table.first_missing = place.text();
    table.values.push_back(value);
  }
}

}  // namespace

RawTable read_tsv(const std::filesystem::path& file) {
  const std::string content = read_whole(file);
  RawTable table;
  table.file = file;
  std::string_view rest = content, line;
  if (rest.substr(0, 3) == "\xEF\xBB\xBF") rest.remove_prefix(3);  // byte order mark
  Place place{&file};
  while (next_line(rest, line)) {
    if (++place.line > kMostLines) place.fail("above the limit of " + std::to_string(kMostLines) + " lines");
    if (trimmed(line).empty()) continue;
    if (table.n == 0) start_table(table, line, content.size(), place);
    if (++table.n * table.length > kMostValues)
      place.fail("above the limit of " + std::to_string(kMostValues) + " values");
    take_line(table, line, place);
  }
  if (table.n == 0) throw DataError(file.string() + ": holds no series, only blank lines");
  return table;
}

std::string RawTable::place_of(std::int64_t series) const {
  if (lines.empty()) return file.string() + ": series " + std::to_string(series + 1);
  return file.string() + ":" + std::to_string(lines[static_cast<std::size_t>(series)]);
}

RawTable read_table(const std::filesystem::path& file) {
  const std::string ending = file.extension().string();
  if (ending == ".tsv") return read_tsv(file);
  if (ending == ".ts") return read_ts(file);
  if (ending == ".npy") return read_npy(file);
  if (ending == ".npz") return read_npz(file);
  throw DataError(file.string() + ": found the ending '" + ending + "', expected .tsv, .ts, .npy or .npz");
}

}  // namespace autodidact
