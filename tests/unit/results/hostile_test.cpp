// Files that a stranger could send. Each is made here with HDF5 itself and must be refused before anything is read.
#include <gmock/gmock.h>
#include <hdf5.h>

#include <fstream>
#include <functional>
#include <vector>

#include "autodidact/plugin/error.hpp"
#include "results/file.hpp"
#include "unit/results/temporary.hpp"

namespace autodidact {
namespace {

class Hostile : public testing::Test {
 protected:
  void make(const std::function<void(hid_t)>& fill) {
    const hid_t file = H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    fill(file);
    H5Fclose(file);
  }
  void refused(const std::string& what) const {
    using testing::HasSubstr;
    EXPECT_THAT(
        [&] {
          read_record(path_, {{}, 64 << 20});
        },
        testing::ThrowsMessage<DataError>(testing::AllOf(HasSubstr(path_.string()), HasSubstr(what))));
    // Also where nothing is asked for: the file is looked at as a whole.
    EXPECT_THROW(read_record(path_, {[](const std::string&) { return false; }, 64 << 20}), DataError);
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "hostile.h5";
};

void dataset(hid_t file, const char* name, hid_t type, std::vector<hsize_t> shape, hid_t layout) {
  const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
  const hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, layout, H5P_DEFAULT);
  H5Dclose(set);
  H5Sclose(space);
}

TEST_F(Hostile, ExternalStorage) {
  make([](hid_t file) {
    const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(layout, "/etc/hostname", 0, 4);
    dataset(file, "x", H5T_STD_U8LE, {4}, layout);
    H5Pclose(layout);
  });
  refused("has its data in another file");
}

TEST_F(Hostile, ExternalLink) {
  make([](hid_t file) { H5Lcreate_external("other.h5", "/x", file, "x", H5P_DEFAULT, H5P_DEFAULT); });
  refused("is a link into another file");
}

TEST_F(Hostile, SoftLink) {
  make([](hid_t file) { H5Lcreate_soft("/nowhere", file, "x", H5P_DEFAULT, H5P_DEFAULT); });
  refused("is a soft link");
}

TEST_F(Hostile, VirtualDataset) {
  make([](hid_t file) {
    const hsize_t size = 4;
    const hid_t layout = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &size, nullptr);
    H5Pset_virtual(layout, space, "other.h5", "/x", space);
    dataset(file, "x", H5T_STD_U8LE, {4}, layout);
    H5Sclose(space);
    H5Pclose(layout);
  });
  refused("is a virtual dataset");
}

TEST_F(Hostile, UnknownFilter) {
  make([](hid_t file) {
    const hsize_t chunk = 4;
    const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(layout, 1, &chunk);
    H5Pset_filter(layout, 32015, H5Z_FLAG_OPTIONAL, 0, nullptr);
    dataset(file, "x", H5T_STD_U8LE, {4}, layout);
    H5Pclose(layout);
  });
  refused("through filter 32015");
}

TEST_F(Hostile, DeclaredSize) {
  make([](hid_t file) { dataset(file, "x", H5T_IEEE_F64LE, {1u << 30, 1u << 10}, H5P_DEFAULT); });
  EXPECT_THAT([&] { read_record(path_); }, testing::ThrowsMessage<DataError>(testing::HasSubstr("allowed are left")));
}

TEST_F(Hostile, HugeChunk) {
  make([](hid_t file) {
    const hsize_t chunk = 1u << 30;
    const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(layout, 1, &chunk);
    const hsize_t size = 4, most = H5S_UNLIMITED;
    const hid_t space = H5Screate_simple(1, &size, &most);
    H5Dclose(H5Dcreate2(file, "x", H5T_STD_U8LE, space, H5P_DEFAULT, layout, H5P_DEFAULT));
    H5Sclose(space);
    H5Pclose(layout);
  });
  refused("more than it has itself");
}

// One chunk that says it holds 1 MiB and inflates to 512 MiB.
TEST_F(Hostile, Bomb) {
  std::vector<char> stored;
  {
    const hsize_t huge = 512u << 20;
    make([&](hid_t file) {
      const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
      H5Pset_chunk(layout, 1, &huge);
      H5Pset_deflate(layout, 9);
      const hid_t space = H5Screate_simple(1, &huge, nullptr);
      const hid_t set = H5Dcreate2(file, "x", H5T_STD_U8LE, space, H5P_DEFAULT, layout, H5P_DEFAULT);
      const std::vector<char> zeros(huge, 0);
      H5Dwrite(set, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, zeros.data());
      hsize_t bytes = 0, at = 0;
      H5Dget_chunk_storage_size(set, &at, &bytes);
      stored.resize(bytes);
      std::uint32_t mask = 0;
      H5Dread_chunk(set, H5P_DEFAULT, &at, &mask, stored.data());
      H5Dclose(set);
      H5Sclose(space);
      H5Pclose(layout);
    });
  }
  make([&](hid_t file) {
    const hsize_t size = 1u << 20, at = 0;
    const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(layout, 1, &size);
    H5Pset_deflate(layout, 9);
    const hid_t space = H5Screate_simple(1, &size, nullptr);
    const hid_t set = H5Dcreate2(file, "x", H5T_STD_U8LE, space, H5P_DEFAULT, layout, H5P_DEFAULT);
    H5Dwrite_chunk(set, H5P_DEFAULT, 0, &at, stored.size(), stored.data());
    H5Dclose(set);
    H5Sclose(space);
    H5Pclose(layout);
  });
  refused("inflates to more than it should");
}

TEST_F(Hostile, GroupsInACircle) {
  make([](hid_t file) {
    const hid_t group = H5Gcreate2(file, "a", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_hard(file, "/", group, "b", H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(group);
  });
  refused("must form a tree");
}

TEST_F(Hostile, TooDeep) {
  make([](hid_t file) {
    hid_t at = file;
    for (int i = 0; i < 40; ++i) at = H5Gcreate2(at, "g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  });
  refused("deep");
}

TEST_F(Hostile, References) {
  make([](hid_t file) { dataset(file, "x", H5T_STD_REF_OBJ, {2}, H5P_DEFAULT); });
  EXPECT_THAT([&] { read_record(path_); },
              testing::ThrowsMessage<DataError>(testing::HasSubstr("of a type that no record has")));
}

TEST_F(Hostile, CutOffAnywhere) {
  Record record;
  record.arrays["x"] = {Type::u8, {3}, {std::byte{1}, std::byte{2}, std::byte{3}}};
  record.texts["t"] = "text";
  record.tables["m"] = {{"a"}, {std::vector<double>{1}}};
  write_record(record, path_);
  std::ifstream in(path_, std::ios::binary);
  const std::string whole(std::istreambuf_iterator<char>(in), {});
  for (std::size_t size = 0; size < whole.size(); size += 13) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << whole.substr(0, size);
    EXPECT_THROW(read_record(path_), DataError) << size;
  }
}

}  // namespace
}  // namespace autodidact
