#include "host/open.hpp"

#include <ATen/ATen.h>

#include <cstddef>
#include <map>
#include <mutex>

#include "host/catalog/elf.hpp"
#include "host/catalog/library.hpp"
#include "host/guard.hpp"
#include "results/sha256.hpp"

namespace autodidact {

static_assert(sizeof(GoldenNames) == sizeof(GoldenEntry) &&
                  offsetof(GoldenNames, file) == offsetof(GoldenEntry, file) &&
                  offsetof(GoldenNames, groups) == offsetof(GoldenEntry, groups) &&
                  offsetof(GoldenNames, run) == offsetof(GoldenEntry, run),
              "the catalog reads golden entries without LibTorch");

namespace {

// What this process has loaded, by file: a library is never loaded twice, so a file that was rebuilt since then is not
// what runs.
struct Loaded {
  std::mutex mutex;
  std::map<std::filesystem::path, std::string> digests;
  std::map<std::filesystem::path, std::string> faults;  // of loading, which do not show a second time; "" for most
};
Loaded& loaded() {
  static Loaded* const all = new Loaded;  // leaked like the libraries
  return *all;
}

void check_file(const PluginInfo& info, const std::string& who) {
  Loaded& all = loaded();
  const std::lock_guard lock(all.mutex);
  const auto known = all.digests.find(info.file);
  if (known == all.digests.end()) {
    if (const std::string fault = elf_fault(info.file); !fault.empty())
      throw PluginError(who + ": " + info.file.string() + ": " + fault);
    const std::string digest = sha256_file(info.file);
    if (!info.digest.empty() && digest != info.digest)
      throw PluginError(who + ": " + info.file.string() + " was changed since it was listed; start again");
    all.digests.emplace(info.file, digest);
  } else if (!info.digest.empty() && known->second != info.digest) {
    throw PluginError(who + ": " + info.file.string() + " was changed since this process loaded it; start again");
  }
}

// Loaded between setting LibTorch's generator for `init` and create, a library that draws from it moves the weights.
const Descriptor& open_quietly(const std::filesystem::path& file) {
  Loaded& all = loaded();
  const std::lock_guard lock(all.mutex);
  const auto [fault, first] = all.faults.try_emplace(file);
  const at::Generator generator = at::globalContext().defaultGenerator(at::kCPU);
  const at::Tensor before = first ? generator.get_state() : at::Tensor();
  const Descriptor& descriptor = open_library(file);
  if (first && !at::equal(before, generator.get_state()))
    fault->second = "draws from LibTorch's random numbers while it is loaded; nothing of a plugin may run at load";
  if (!fault->second.empty()) throw ConfigError(fault->second);
  return descriptor;
}

const Descriptor& descriptor_of(const PluginInfo& info) {
  const std::string who = kind_name(info.kind) + "/" + info.name;
  check_file(info, who);
  try {
    const Descriptor& d = open_quietly(info.file);
    if (d.kind != info.kind || !d.name || d.name != info.name)
      throw ConfigError("holds another plugin than " + who + " now; start again");
    return d;
  } catch (const std::exception& e) {
    throw PluginError(who + ": " + info.file.string() + ": " + e.what());
  }
}

Guard guard_of(const PluginInfo& info, const Context& context) {
  return {kind_name(info.kind) + "/" + info.name, context.host ? context.host->device() : c10::Device(c10::kCPU)};
}

template <class T>
std::unique_ptr<T> create(const Guard& guard, std::unique_ptr<T> (*make)(const Params&, const Context&),
                          const Params& params, const Context& context) {
  if (!make) guard.fail("create", "the create function", "none", "one of the plugin's kind");
  std::unique_ptr<T> object = guard.run("create", [&] { return make(params, context); });
  if (!object) guard.fail("create", "the object", "null", "an object");
  return object;
}

}  // namespace

std::unique_ptr<Tokenizer> open_bare_tokenizer(const PluginInfo& info, const Params& params, const Context& context) {
  return create(guard_of(info, context), descriptor_of(info).create_tokenizer, params, context);
}
std::unique_ptr<Objective> open_bare_objective(const PluginInfo& info, const Params& params, const Context& context) {
  return create(guard_of(info, context), descriptor_of(info).create_objective, params, context);
}
std::unique_ptr<Prior> open_bare_prior(const PluginInfo& info, const Params& params, const Context& context) {
  return create(guard_of(info, context), descriptor_of(info).create_prior, params, context);
}

std::unique_ptr<Tokenizer> open_tokenizer(const PluginInfo& info, const Params& params, const Context& context) {
  return guard_tokenizer(open_bare_tokenizer(info, params, context), guard_of(info, context), context,
                         info.capabilities);
}
std::unique_ptr<Objective> open_objective(const PluginInfo& info, const Params& params, const Context& context) {
  return guard_objective(open_bare_objective(info, params, context), guard_of(info, context), context);
}
std::unique_ptr<Prior> open_prior(const PluginInfo& info, const Params& params, const Context& context) {
  return guard_prior(open_bare_prior(info, params, context), guard_of(info, context), context, info.capabilities);
}

std::vector<const GoldenEntry*> golden_of(const PluginInfo& info) {
  const Descriptor& d = descriptor_of(info);
  std::vector<const GoldenEntry*> entries;
  for (std::size_t i = 0; i < d.golden_count; ++i) entries.push_back(d.golden + i);
  return entries;
}

}  // namespace autodidact
