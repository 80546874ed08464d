#include "results/sha256.hpp"

#include <openssl/evp.h>

#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "autodidact/plugin/error.hpp"

namespace autodidact {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  if (!state_->context || EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("sha256 is not available in this OpenSSL");
}

Sha256::~Sha256() = default;

void Sha256::add(const void* data, std::size_t size) {
  if (EVP_DigestUpdate(state_->context, data, size) != 1) throw std::runtime_error("sha256 failed");
}

void Sha256::add(std::string_view text) {
  unsigned char size[8];
  for (int i = 0; i < 8; ++i) size[i] = static_cast<unsigned char>(std::uint64_t{text.size()} >> (8 * i));
  add(size, sizeof size);
  add(text.data(), text.size());
}

std::string Sha256::hex() {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_DigestFinal_ex(state_->context, bytes, &size) != 1) throw std::runtime_error("sha256 failed");
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

std::string sha256(std::string_view bytes) {
  Sha256 digest;
  digest.add(bytes.data(), bytes.size());
  return digest.hex();
}

std::string sha256_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw DataError(file.string() + ": cannot be opened for reading");
  Sha256 digest;
  std::vector<char> block(1 << 20);
  while (stream) {
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    digest.add(block.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (!stream.eof()) throw DataError(file.string() + ": cannot be read to its end");
  return digest.hex();
}

}  // namespace autodidact
