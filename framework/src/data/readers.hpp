// One reader a format. All of them give the same plain table of float64 values with its labels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace autodidact {

// Series as they stand in a file, unscaled. NaN stands for a missing value; all others are finite.
struct RawTable {
  std::filesystem::path file;  // or "generator cbf"
  std::int64_t n = 0, channels = 1, length = 0;
  std::vector<double> values;       // (n, channels, length), row-major
  std::vector<std::string> labels;  // n, or empty where there are none
  std::vector<std::int64_t> lines;  // n, line of each series; empty where the format has no lines
  std::int64_t label_column = 0;    // field of the line that holds the label, from 1; 0: no lines
  std::int64_t missing = 0;         // NaN values,
  std::string first_missing;        // and where the first one stands

  std::int64_t width() const { return channels * length; }
  std::string place_of(std::int64_t series) const;  // "file:line" or "file: series 7"
};

// UCR 2018: one series a line, tab-separated, the label first.
RawTable read_tsv(const std::filesystem::path& file);
// UEA/sktime: '@' header, then one series a line, channels separated by ':', values by ',', the label last.
// Equal lengths and no time stamps.
RawTable read_ts(const std::filesystem::path& file);
// NumPy array x (N, L) or (N, C, L) of little-endian floats or integers; labels y (N) of integers or text from
// <stem>_y.npy beside it, if that exists.
RawTable read_npy(const std::filesystem::path& file);
// NumPy archive with array x and, optionally, y as above; stored or deflated members.
RawTable read_npz(const std::filesystem::path& file);
// By the file's ending.
RawTable read_table(const std::filesystem::path& file);

// Shared by the NumPy readers: `bytes` of one .npy file, `what` for messages ("file" or "file: member x.npy").
void take_npy_values(std::string_view bytes, const std::string& what, RawTable& table);
std::vector<std::string> take_npy_labels(std::string_view bytes, const std::string& what);
void check_label_count(const RawTable& table, const std::string& what);

}  // namespace autodidact
