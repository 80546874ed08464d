// The content key of a stage: everything that decides its numbers, and nothing else.
#pragma once

#include <string>
#include <vector>

#include "config/run.hpp"
#include "config/value.hpp"

namespace autodidact {

class StageKey {
 public:
  explicit StageKey(std::string stage);
  StageKey& add(const std::string& name, const Value& value);
  StageKey& add(const std::string& prefix, const Values& values);
  StageKey& add(const TrainSettings& settings);
  // Kind, name and binary of a plugin; under --reuse=version its version stands for the binary.
  StageKey& add(const PluginInfo& plugin);
  StageKey& add_environment(const Run& run);  // LibTorch, engine, threads, resolved precision, device, CPU capability

  std::string hex() const;                           // 32 digits
  std::string version_hex() const;                   // the same with versions instead of digests of binaries
  const std::string& text() const { return text_; }  // one `name = value` a line, for the record

 private:
  std::string stage_, text_, version_text_;
};

// sha256 of the library that holds host, protocol and measures.
const std::string& engine_digest();
std::string cpu_name();

}  // namespace autodidact
