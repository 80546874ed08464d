#include "autodidact/plugin/error.hpp"
#include "data/readers.hpp"
#include "data/text.hpp"
#include "data/zip.hpp"

namespace autodidact {

RawTable read_npz(const std::filesystem::path& file) {
  const std::string what = file.string();
  const std::string archive = read_whole(file);
  const auto members = zip_members(archive, what);
  const auto x = members.find("x.npy");
  if (x == members.end()) {
    std::string names;
    for (const auto& entry : members)
      if (names.size() < 200) names += (names.empty() ? "" : ", ") + in_quotes(entry.first);
    throw DataError(what + ": holds no array x (found " + (names.empty() ? "nothing" : names) +
                    "); write it with numpy.savez(file, x=x, y=y)");
  }
  RawTable table;
  table.file = file;
  take_npy_values(zip_content(archive, x->second, what), what + ": array x", table);
  const auto y = members.find("y.npy");
  if (y == members.end()) return table;
  const std::string label_place = what + ": array y";
  table.labels = take_npy_labels(zip_content(archive, y->second, what), label_place);
  check_label_count(table, label_place);
  return table;
}

}  // namespace autodidact
