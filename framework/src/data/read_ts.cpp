#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>

#include "autodidact/plugin/error.hpp"
#include "data/readers.hpp"
#include "data/text.hpp"

namespace autodidact {
namespace {

struct Header {
  std::optional<std::int64_t> dimensions, length;
  bool has_labels = false;
  std::vector<std::string> labels;  // as declared; empty: not declared
};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

// Words of a header line, whatever blanks stand between them.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!(line = trimmed(line)).empty()) {
    const std::size_t end = line.find_first_of(" \t");
    words.push_back(line.substr(0, end));
    line.remove_prefix(end == std::string_view::npos ? line.size() : end);
  }
  return words;
}

std::int64_t count_of(const std::vector<std::string_view>& words, const Place& place) {
  std::int64_t value = 0;
  if (words.size() == 2) {
    const auto [end, error] = std::from_chars(words[1].data(), words[1].data() + words[1].size(), value);
    if (error == std::errc() && end == words[1].data() + words[1].size() && value > 0 && value <= kMostValues)
      return value;
  }
  place.fail(std::string(words[0]) + ": expected one whole number above 0");
}

bool truth_of(const std::vector<std::string_view>& words, const Place& place) {
  const std::string value = words.size() > 1 ? lower(words[1]) : "";
  if (value != "true" && value != "false") place.fail(std::string(words[0]) + ": expected true or false");
  return value == "true";
}

void take_tag(Header& header, std::string_view line, const Place& place) {
  const auto words = words_of(line);
  const std::string tag = lower(words[0]);
  if (tag == "@timestamps") {
    if (truth_of(words, place)) place.fail("@timeStamps true: series with time stamps are not read; resample them");
  } else if (tag == "@equallength") {
    if (!truth_of(words, place))
      place.fail("@equalLength false: series must have equal length; pad the ends with ? and set it to true");
  } else if (tag == "@targetlabel") {
    if (truth_of(words, place)) place.fail("@targetLabel true: a regression target; only @classLabel is read");
  } else if (tag == "@dimensions" || tag == "@dimension") {
    header.dimensions = count_of(words, place);
  } else if (tag == "@serieslength") {
    header.length = count_of(words, place);
  } else if (tag == "@univariate") {
    if (truth_of(words, place)) header.dimensions = 1;
  } else if (tag == "@classlabel") {
    header.has_labels = truth_of(words, place);
    for (std::size_t i = 2; i < words.size(); ++i) header.labels.emplace_back(words[i]);
  }  // @problemName, @missing and what else tools write: of no weight here
}

// One channel's values; the first channel of the first series settles the length.
void take_channel(RawTable& table, std::string_view channel, std::int64_t number, Place& place) {
  std::int64_t count = 0;
  std::string_view field;
  if (!channel.empty() && trimmed(channel).substr(0, 1) == "(")
    place.fail("found a time stamp " + in_quotes(trimmed(channel)) + "; resample the series and leave time stamps out");
  while (next_field(channel, ',', field)) {
    ++place.column;
    ++count;
    const double value = parse_number(field, place);
    if (std::isnan(value) && table.missing++ == 0) table.first_missing = place.text();
    table.values.push_back(value);
    if (static_cast<std::int64_t>(table.values.size()) > kMostValues)
      place.fail("above the limit of " + std::to_string(kMostValues) + " values");
  }
  if (table.length == 0) table.length = count;
  if (count != table.length)
    place.fail("channel " + std::to_string(number) + " has " + std::to_string(count) + " values, expected " +
               std::to_string(table.length) + "; series must have equal length: pad the end with ?");
}

void take_label(RawTable& table, const Header& header, std::string_view text, const Place& place) {
  const std::string label(trimmed(text));
  if (label.empty()) place.fail("found no class label after the last ':'");
  if (!header.labels.empty() && std::find(header.labels.begin(), header.labels.end(), label) == header.labels.end())
    place.fail("found the label " + in_quotes(label) + ", which @classLabel does not list");
  table.labels.push_back(label);
  table.label_column = place.column;
}

void take_series(RawTable& table, const Header& header, std::string_view line, Place place) {
  const std::int64_t parts = 1 + std::count(line.begin(), line.end(), ':');
  const std::int64_t channels = parts - (header.has_labels ? 1 : 0);
  if (table.n == 1 && !header.dimensions) table.channels = channels;
  if (channels != table.channels)
    place.fail("found " + std::to_string(channels) + " channels" + (header.has_labels ? " and a label" : "") +
               ", expected " + std::to_string(table.channels));
  std::string_view rest = line, part;
  for (std::int64_t c = 0; c < channels && next_field(rest, ':', part); ++c) take_channel(table, part, c + 1, place);
  if (header.has_labels && next_field(rest, ':', part)) {
    ++place.column;
    take_label(table, header, part, place);
  }
  table.lines.push_back(place.line);
}

}  // namespace

RawTable read_ts(const std::filesystem::path& file) {
  const std::string content = read_whole(file);
  RawTable table;
  table.file = file;
  Header header;
  bool in_data = false;
  std::string_view rest = content, line;
  if (rest.substr(0, 3) == "\xEF\xBB\xBF") rest.remove_prefix(3);  // byte order mark
  Place place{&file};
  while (next_line(rest, line)) {
    if (++place.line > kMostLines) place.fail("above the limit of " + std::to_string(kMostLines) + " lines");
    line = trimmed(line);
    if (line.empty() || line.front() == '#' || line.front() == '%') continue;
    if (in_data) {
      ++table.n;
      take_series(table, header, line, place);
    } else if (lower(line) == "@data") {
      in_data = true;
      table.channels = header.dimensions.value_or(1);
      table.length = header.length.value_or(0);
    } else if (line.front() == '@') {
      take_tag(header, line, place);
    } else {
      place.fail("found " + in_quotes(line) + ", expected a line that begins with @ or # before @data");
    }
  }
  if (!in_data) throw DataError(file.string() + ": has no @data line");
  if (table.n == 0) throw DataError(file.string() + ": holds no series after @data");
  return table;
}

}  // namespace autodidact
