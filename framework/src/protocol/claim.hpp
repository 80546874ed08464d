// An exclusive claim on a piece of work, by a file that its owner keeps touching.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

namespace autodidact {

class Claim {
 public:
  static constexpr double kBeat = 2.0;  // seconds; stale after three

  // Makes `file` exclusively. None if another live owner has it; a stale claim, or one whose process on this
  // machine is gone, is taken over.
  static std::optional<Claim> take(const std::filesystem::path& file);
  Claim(Claim&& other) noexcept;
  Claim& operator=(Claim&&) = delete;
  ~Claim();

 private:
  explicit Claim(std::filesystem::path file);
  struct Beat;
  std::filesystem::path file_;
  std::unique_ptr<Beat> beat_;
};

}  // namespace autodidact
