#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>

#include "autodidact/plugin/error.hpp"
#include "results/file.hpp"
#include "results/hdf5.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kSmall = 4096;   // stored in one piece, not compressed
constexpr hsize_t kChunk = 128 << 10;  // bytes; small enough that a reader need not fear what it inflates to

// Chunks of whole rows, or of parts of one row where a row is large.
std::vector<hsize_t> chunk_of(const std::vector<hsize_t>& shape, std::size_t element) {
  std::vector<hsize_t> chunk(shape.size(), 1);
  hsize_t bytes = element;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    chunk[axis] = std::clamp<hsize_t>(kChunk / bytes, 1, shape[axis]);
    bytes *= chunk[axis];
  }
  return chunk;
}

class FileWriter {
 public:
  FileWriter(const fs::path& file, int deflate) : deflate_(deflate) {
    const h5::Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    // The name is this process' own: nobody else can hold it, and some network file systems refuse locks.
    H5Pset_file_locking(access, false, true);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    file_ = h5::check(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose, "the file");
    links_ = h5::check(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "links");
    H5Pset_create_intermediate_group(links_, 1);
    H5Pset_char_encoding(links_, H5T_CSET_UTF8);
  }

  void put(const Record& record) {
    for (const auto& [path, array] : record.arrays) put_array(path, array);
    for (const auto& [path, table] : record.tables) h5::write_table(file_, links_, named(path), table, deflate_);
    for (const auto& [path, text] : record.texts) put_text(path, text);
    for (const auto& [path, values] : record.attributes) put_attributes(path, values);
    h5::check(file_.close(), "closing");
  }

 private:
  static const std::string& named(const std::string& path) {
    if (path.empty() || path.front() == '/' || path.back() == '/' || path.find("//") != std::string::npos ||
        path.find('\0') != std::string::npos || ("/" + path + "/").find("/./") != std::string::npos)
      throw DataError("'" + path + "' cannot be the name of an entry");
    return path;
  }

  h5::Handle create(const std::string& path, hid_t type, hid_t space, hid_t layout) const {
    return h5::check(H5Dcreate2(file_, named(path).c_str(), type, space, links_, layout, H5P_DEFAULT), H5Dclose,
                     "'/" + path + "'");
  }

  void put_array(const std::string& path, const Array& array) {
    const std::string what = "array '" + path + "'";
    std::vector<hsize_t> shape;
    for (const std::int64_t extent : array.shape) {
      if (extent < 0) throw DataError(what + ": has a negative extent");
      shape.push_back(static_cast<hsize_t>(extent));
    }
    const std::size_t element = size_of(array.type);
    if (h5::byte_count(shape, element, what) != array.data.size())
      throw DataError(what + ": holds " + std::to_string(array.data.size()) + " bytes, its shape needs " +
                      std::to_string(h5::byte_count(shape, element, what)));
    const int rank = static_cast<int>(shape.size());
    const h5::Handle space =
        h5::check(rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, shape.data(), nullptr), H5Sclose, what);
    const h5::Handle layout(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_obj_track_times(layout, false);
    if (deflate_ > 0 && array.data.size() >= kSmall) {
      const std::vector<hsize_t> chunk = chunk_of(shape, element);
      H5Pset_chunk(layout, static_cast<int>(chunk.size()), chunk.data());
      if (element > 1) H5Pset_shuffle(layout);
      H5Pset_deflate(layout, static_cast<unsigned>(deflate_));
    }
    h5::Handle dataset = create(path, h5::file_type(array.type), space, layout);
    if (!array.data.empty())
      h5::check(H5Dwrite(dataset, h5::memory_type(array.type), H5S_ALL, H5S_ALL, H5P_DEFAULT, array.data.data()), what);
    h5::check(dataset.close(), what);
  }

  void put_text(const std::string& path, const std::string& text) {
    const std::string what = "text '" + path + "'";
    if (text.find('\0') != std::string::npos) throw DataError(what + ": text with a zero byte cannot be stored");
    const h5::Handle type = h5::text_type(), space(H5Screate(H5S_SCALAR), H5Sclose);
    const h5::Handle layout(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_obj_track_times(layout, false);
    h5::Handle dataset = create(path, type, space, layout);
    const char* pointer = text.c_str();
    h5::check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &pointer), what);
    h5::check(dataset.close(), what);
  }

  // Whether the entry exists; HDF5 wants every group on the way looked at by itself.
  bool exists(const std::string& path) const {
    for (std::size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1))
      if (H5Lexists(file_, path.substr(0, at).c_str(), H5P_DEFAULT) <= 0) return false;
    return H5Lexists(file_, path.c_str(), H5P_DEFAULT) > 0;
  }

  void put_attributes(const std::string& path, const Values& values) {
    const std::string what = "'/" + path + "'";
    const h5::Handle object =
        path.empty() || exists(named(path))
            ? h5::check(H5Oopen(file_, ("/" + path).c_str(), H5P_DEFAULT), H5Oclose, what)
            : h5::check(H5Gcreate2(file_, path.c_str(), links_, H5P_DEFAULT, H5P_DEFAULT), H5Gclose, what);
    h5::write_attributes(object, values, path);
  }

  int deflate_;
  h5::Handle file_, links_;
};

void sync(const fs::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) throw DataError(std::strerror(errno));
  const int code = ::fsync(descriptor);
  const int fault = errno;
  ::close(descriptor);
  // Some file systems cannot sync a folder, and say so by these codes.
  if (code == 0 || ((flags & O_DIRECTORY) != 0 && (fault == EINVAL || fault == ENOTSUP))) return;
  throw DataError(std::strerror(fault));
}

}  // namespace

void write_record(const Record& record, const fs::path& file, int deflate) {
  h5::begin();
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const fs::path aside = file.string() + "." + std::to_string(::getpid()) + ".tmp";
  try {
    fs::create_directories(folder);
    FileWriter(aside, deflate).put(record);
    sync(aside, O_RDONLY);
    fs::rename(aside, file);
    sync(folder, O_RDONLY | O_DIRECTORY);
  } catch (const std::exception& error) {
    std::error_code ignored;
    fs::remove(aside, ignored);
    throw DataError(file.string() + ": cannot be written: " + error.what());
  }
}

std::size_t remove_leftovers(const fs::path& folder, double hours) {
  std::size_t removed = 0;
  std::error_code error;
  const auto oldest = fs::file_time_type::clock::now() - std::chrono::seconds(std::llround(hours * 3600));
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const fs::path pid = it->path().stem().extension();  // ".1234" of run.h5.1234.tmp
    if (it->path().extension() != ".tmp" || pid.string().size() < 2) continue;
    const std::string digits = pid.string().substr(1);
    if (digits.size() > 9 || digits.find_first_not_of("0123456789") != std::string::npos) continue;
    const bool alive = ::kill(static_cast<pid_t>(std::stol(digits)), 0) == 0 || errno != ESRCH;
    std::error_code ignored;
    if (!alive && fs::last_write_time(it->path(), ignored) <= oldest && !ignored)
      removed += fs::remove(it->path(), ignored) ? 1 : 0;
  }
  return removed;
}

}  // namespace autodidact
