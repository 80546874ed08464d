#include "protocol/stage_key.hpp"

#include <ATen/ATen.h>
#include <ATen/Version.h>
#include <dlfcn.h>

#include <fstream>

#include "host/services.hpp"
#include "results/sha256.hpp"

namespace autodidact {

namespace {
constexpr std::int64_t kSchema = 1;
const char kAnchor = 0;  // an address inside this library
}  // namespace

const std::string& engine_digest() {
  static const std::string digest = [] {
    Dl_info info{};
    if (!dladdr(&kAnchor, &info) || !info.dli_fname) return std::string("unknown");
    return sha256_file(info.dli_fname);
  }();
  return digest;
}

std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

StageKey::StageKey(std::string stage) : stage_(std::move(stage)) { add("schema", kSchema).add("stage", stage_); }

StageKey& StageKey::add(const std::string& name, const Value& value) {
  const std::string line = name + " = " + to_toml(value) + "\n";
  text_ += line;
  version_text_ += line;
  return *this;
}

StageKey& StageKey::add(const std::string& prefix, const Values& values) {
  for (const auto& [name, value] : values) add(prefix + name, value);
  return *this;
}

StageKey& StageKey::add(const TrainSettings& s) {
  return add("epochs", s.steps > 0 ? std::int64_t{0} : s.epochs)
      .add("steps", s.steps)
      .add("batch", s.batch)
      .add("lr", s.lr)
      .add("weight_decay", s.weight_decay)
      .add("warmup", s.warmup)
      .add("lr_floor", s.lr_floor);
}

StageKey& StageKey::add(const PluginInfo& plugin) {
  const std::string name = kind_name(plugin.kind);
  add(name, plugin.name);
  text_ += name + ".digest = " + plugin.digest + "\n";
  version_text_ += name + ".version = " + plugin.version + "\n";
  return *this;
}

StageKey& StageKey::add_environment(const Run& run) {
  add("libtorch", std::string(AUTODIDACT_LIBTORCH)).add("threads", run.threads).add("device", run.device);
  add("precision", std::string(resolve_precision(run.precision) == Precision::bf16 ? "bf16" : "fp32"));
  add("cpu_capability", at::get_cpu_capability());
  text_ += "engine.digest = " + engine_digest() + "\n";
  return *this;
}

std::string StageKey::hex() const { return sha256(text_).substr(0, 32); }
std::string StageKey::version_hex() const { return sha256(version_text_).substr(0, 32); }

}  // namespace autodidact
