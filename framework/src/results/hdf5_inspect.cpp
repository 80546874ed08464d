// What a file from a stranger may hold, looked at before anything is read. HDF5 would follow external storage, external
// links and virtual datasets to any file this process may open, and inflate a few bytes to any size.
#include <zlib.h>

#include <algorithm>
#include <set>

#include "autodidact/plugin/error.hpp"
#include "results/hdf5.hpp"

namespace autodidact::h5 {
namespace {

constexpr std::size_t kMostObjects = 1'000'000;
constexpr int kDeepest = 32;
constexpr std::uint64_t kInflation = 1032;         // a deflated byte gives at most so many
constexpr std::uint64_t kHarmless = 256ull << 20;  // inflating so much at once is no danger
constexpr std::uint64_t kUsualChunk = 16ull << 20;
constexpr std::uint64_t kMostChunks = 4'000'000;

struct Link {
  std::string name;
  H5L_type_t type;
};

herr_t collect_link(hid_t, const char* name, const H5L_info_t* info, void* data) {
  auto& links = *static_cast<std::vector<Link>*>(data);
  if (links.size() >= kMostObjects) return -1;
  try {
    links.push_back({name, info->type});
  } catch (...) {
    return -1;
  }
  return 0;
}

// Shuffle, deflate and Fletcher's checksum, each at most once, none of them shuffling what was deflated: so that a
// chunk is never larger in between than it is at the end.
void check_filters(hid_t layout, const std::string& what) {
  const int count = H5Pget_nfilters(layout);
  check(count, what);
  std::set<H5Z_filter_t> seen;
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0, config = 0;
    std::size_t values = 0;
    char name[64] = "";
    const H5Z_filter_t filter =
        H5Pget_filter2(layout, static_cast<unsigned>(i), &flags, &values, nullptr, sizeof name, name, &config);
    check(filter, what);
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
      throw DataError(what + ": is stored through filter " + std::to_string(filter) +
                      "; only deflate, shuffle and fletcher32 are allowed");
    if (!seen.insert(filter).second || (filter == H5Z_FILTER_SHUFFLE && seen.count(H5Z_FILTER_DEFLATE)))
      throw DataError(what + ": its filters are repeated or in an order that no writer uses");
  }
}

bool deflated(hid_t layout) {
  for (int i = 0; i < H5Pget_nfilters(layout); ++i) {
    unsigned flags = 0, config = 0;
    std::size_t values = 0;
    if (H5Pget_filter2(layout, static_cast<unsigned>(i), &flags, &values, nullptr, 0, nullptr, &config) ==
        H5Z_FILTER_DEFLATE)
      return true;
  }
  return false;
}

bool inflates_within(const std::vector<unsigned char>& bytes, std::uint64_t most) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return false;
  std::vector<unsigned char> out(1 << 16);
  stream.next_in = const_cast<unsigned char*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::uint64_t total = 0;
  int code = Z_OK;
  while (code == Z_OK && total <= most) {
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    code = inflate(&stream, Z_NO_FLUSH);
    total += out.size() - stream.avail_out;
  }
  inflateEnd(&stream);
  return code == Z_STREAM_END && total <= most;
}

// HDF5 inflates a chunk to whatever it gives, not to what the chunk should hold. A chunk that could give dangerously
// much is inflated here first, into nowhere.
void check_chunks(hid_t dataset, const std::vector<hsize_t>& shape, const std::vector<hsize_t>& chunk,
                  std::uint64_t chunk_bytes, const std::string& what) {
  const hsize_t stored = H5Dget_storage_size(dataset);
  if (stored <= kHarmless / kInflation) return;
  const std::size_t rank = chunk.size();
  std::uint64_t chunks = 1;
  for (std::size_t axis = 0; axis < rank; ++axis) chunks *= (shape[axis] + chunk[axis] - 1) / chunk[axis];
  if (chunks > kMostChunks) throw DataError(what + ": is stored in " + std::to_string(chunks) + " chunks");
  std::vector<hsize_t> at(rank, 0);
  while (true) {
    hsize_t bytes = 0;
    if (H5Dget_chunk_storage_size(dataset, at.data(), &bytes) >= 0 && bytes > kHarmless / kInflation) {
      const std::string place = what + ": a chunk of " + std::to_string(bytes) + " stored bytes";
      if (bytes > chunk_bytes + chunk_bytes / 8 + 1024) throw DataError(place + " is larger than what it should hold");
      std::vector<unsigned char> raw(bytes);
      std::uint32_t skipped = 0;
      check(H5Dread_chunk(dataset, H5P_DEFAULT, at.data(), &skipped, raw.data()), what);
      if (skipped == 0 && !inflates_within(raw, chunk_bytes))
        throw DataError(place + " is damaged or inflates to more than it should");
    }
    std::size_t axis = rank;
    while (axis-- > 0) {
      at[axis] += chunk[axis];
      if (at[axis] < shape[axis]) break;
      at[axis] = 0;
      if (axis == 0) return;
    }
  }
}

class Walk {
 public:
  Walk(hid_t file, const Budget& limit) : file_(file), limit_(limit) {}

  std::vector<Item> items;

  void group(const std::string& path, int depth) {
    const std::string what = "'/" + path + "'";
    if (depth > kDeepest) throw DataError(what + ": groups are nested more than " + std::to_string(kDeepest) + " deep");
    const Handle opened = check(H5Gopen2(file_, ("/" + path).c_str(), H5P_DEFAULT), H5Gclose, what);
    H5O_info_t info;
    check(H5Oget_info2(opened, &info, H5O_INFO_BASIC), what);
    if (!groups_.insert(info.addr).second) throw DataError(what + ": is reached by two ways; groups must form a tree");
    add({path, true});
    std::vector<Link> links;
    hsize_t next = 0;
    check(H5Literate(opened, H5_INDEX_NAME, H5_ITER_INC, &next, collect_link, &links), what);
    for (const Link& link : links) follow(opened, link, path.empty() ? link.name : path + "/" + link.name, depth);
  }

 private:
  void add(Item item) {
    if (items.size() >= kMostObjects) throw DataError("more than " + std::to_string(kMostObjects) + " objects");
    items.push_back(std::move(item));
  }

  void follow(hid_t parent, const Link& link, const std::string& path, int depth) {
    const std::string what = "'/" + path + "'";
    if (link.type != H5L_TYPE_HARD)
      throw DataError(what + ": is " +
                      (link.type == H5L_TYPE_EXTERNAL ? "a link into another file"
                       : link.type == H5L_TYPE_SOFT   ? "a soft link"
                                                      : "a link of an unknown kind") +
                      "; a record holds its own data only");
    H5O_info_t info;
    check(H5Oget_info_by_name2(parent, link.name.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT), what);
    if (info.type == H5O_TYPE_GROUP) return group(path, depth + 1);
    if (info.type != H5O_TYPE_DATASET) throw DataError(what + ": is neither a group nor a dataset");
    const Handle dataset = check(H5Dopen2(parent, link.name.c_str(), H5P_DEFAULT), H5Dclose, what);
    inspect_dataset(dataset, limit_, what);
    add({path, false});
  }

  hid_t file_;
  const Budget& limit_;
  std::set<haddr_t> groups_;
};

}  // namespace

void inspect_dataset(hid_t dataset, const Budget& limit, const std::string& what) {
  const Handle layout = check(H5Dget_create_plist(dataset), H5Pclose, what);
  const H5D_layout_t storage = H5Pget_layout(layout);
  if (storage == H5D_VIRTUAL)
    throw DataError(what + ": is a virtual dataset, made of other files; a record holds its own data only");
  if (storage != H5D_COMPACT && storage != H5D_CONTIGUOUS && storage != H5D_CHUNKED)
    throw DataError(what + ": is stored in an unknown layout");
  if (H5Pget_external_count(layout) != 0)
    throw DataError(what + ": has its data in another file; a record holds its own data only");
  check_filters(layout, what);

  const Handle type = check(H5Dget_type(dataset), H5Tclose, what);
  const Handle space = check(H5Dget_space(dataset), H5Sclose, what);
  const std::vector<hsize_t> shape = shape_of(space, what);
  const std::uint64_t element = std::max<std::uint64_t>(1, H5Tget_size(type));
  const std::uint64_t bytes = byte_count(shape, element, what);
  if (storage != H5D_CHUNKED) return;
  std::vector<hsize_t> chunk(shape.size());
  if (H5Pget_chunk(layout, static_cast<int>(chunk.size()), chunk.data()) != static_cast<int>(shape.size()))
    throw DataError(what + ": its chunks have another number of dimensions than itself");
  const std::uint64_t chunk_bytes = byte_count(chunk, element, what);
  if (chunk_bytes == 0 || chunk_bytes > std::max(bytes, kUsualChunk) || chunk_bytes > limit.all())
    throw DataError(what + ": is stored in chunks of " + std::to_string(chunk_bytes) +
                    " bytes, more than it has itself");
  if (bytes > 0 && bytes <= limit.all() && deflated(layout)) check_chunks(dataset, shape, chunk, chunk_bytes, what);
}

std::vector<Item> inspect(hid_t file, Budget limit) {
  Walk walk(file, limit);
  walk.group("", 0);
  return std::move(walk.items);
}

}  // namespace autodidact::h5
