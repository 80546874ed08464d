// The load probe: both sides. The parent looks at the file and starts the child; the child opens the library, reads
// the descriptor and answers in JSON. A library that crashes or hangs does so in the child.
#include "host/catalog/probe.hpp"

#include <dlfcn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "autodidact/plugin/error.hpp"
#include "host/catalog/cache.hpp"
#include "host/catalog/catalog.hpp"
#include "host/catalog/child.hpp"
#include "host/catalog/elf.hpp"
#include "host/catalog/info_json.hpp"
#include "host/catalog/library.hpp"
#include "results/sha256.hpp"

namespace autodidact {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr int kRefused = 3;

// A runaway library must not take the machine with it. LibTorch maps about 2 GB of address space; sanitizers map
// terabytes, so there the limit is left out.
void limit_resources() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
#if !defined(__SANITIZE_ADDRESS__)
  const rlimit space{16ull << 30, 16ull << 30};
  ::setrlimit(RLIMIT_AS, &space);
#endif
}

// A host that loads a plugin has LibTorch and the contract's library open already, so that the loader finds them by
// name whatever the plugin's own search path says. So must the probe, or a plugin that was copied out of its tree would
// be refused. What is not there is left to the plugin.
void open_what_a_host_has() {
  std::error_code ignored;
  const fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const fs::path& lib : {folder / "lib", folder.parent_path() / "lib"})
    for (const char* name : {"autodidact/torch/libtorch_cpu.so", "libautodidact_api.so"})
      if (const fs::path file = lib / name; fs::exists(file, ignored)) ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
}

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of("\n\r\t ");
  if (end == std::string::npos) return "";
  const std::size_t start = text.find_last_of('\n', end);
  return text.substr(start == std::string::npos ? 0 : start + 1,
                     end - (start == std::string::npos ? 0 : start + 1) + 1);
}

Probed refused(std::string reason, bool lasting) {
  Probed probed;
  probed.fault = std::move(reason);
  probed.lasting = lasting;
  return probed;
}

Probed read_answer(const ChildResult& child) {
  try {
    const json answer = json::parse(child.out);
    if (answer.contains("refused"))
      return refused(answer.at("refused").get<std::string>(), !answer.at("may_change").get<bool>());
    Probed probed;
    probed.info = plugin_info_of(answer.at("plugin"));
    return probed;
  } catch (const json::exception&) {
    const std::string said = last_line(child.err);
    return refused("ended the process while loading (exit code " + std::to_string(child.code) + ")" +
                       (said.empty() ? "" : ": " + said),
                   true);
  }
}

}  // namespace

Probed probe_in_child(const fs::path& file, const CatalogOptions& options) {
  if (const std::string fault = elf_fault(file); !fault.empty()) return refused(fault, true);
  const ChildResult child = run_child(options.probe, {"__probe", fs::absolute(file).string()}, options.probe_seconds);
  if (child.end == ChildResult::End::timed_out) {
    char limit[32];
    std::snprintf(limit, sizeof limit, "%g", options.probe_seconds);
    return refused(std::string("did not finish loading within ") + limit +
                       " s; nothing of a plugin may run at load (a static constructor?)",
                   true);
  }
  if (child.end == ChildResult::End::signalled)
    return refused("crashed while loading (" + signal_name(child.code) + "): truncated or corrupt file? rebuild it",
                   child.code != SIGKILL && child.code != SIGTERM);
  return read_answer(child);
}

PluginInfo probe_plugin(const fs::path& file, const CatalogOptions& options) {
  Probed probed = probe_in_child(file, options);
  std::error_code ec;
  if (fs::is_regular_file(file, ec)) {
    CatalogCache cache(options.cache);
    cache.put(file, probed);
    cache.save();
  }
  if (!probed.info) throw PluginRefused(file.string() + ": " + probed.fault);
  probed.info->file = fs::absolute(file).lexically_normal();
  probed.info->digest = sha256_file(file);
  return *probed.info;
}

int probe_main(const char* file) {
  limit_resources();
  // Whatever the library prints goes to standard error, so that standard output holds the answer alone.
  const int answer_to = ::dup(1);
  if (answer_to < 0 || ::dup2(2, 1) < 0) return kRefused;
  json answer;
  bool opened = false;
  open_what_a_host_has();
  try {
    const Descriptor& descriptor = open_library(file);
    opened = true;
    answer["plugin"] = to_json_value(describe(descriptor));
  } catch (const std::exception& e) {
    // What the loader misses may be installed later; a wrong descriptor stays wrong.
    const std::string reason = e.what();
    answer = {{"refused", reason}, {"may_change", !opened && reason.rfind("cannot be loaded", 0) == 0}};
  }
  const std::string text = answer.dump(-1, ' ', false, json::error_handler_t::replace);
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(answer_to, text.data() + done, text.size() - done);
    if (n <= 0) return kRefused;
    done += static_cast<std::size_t>(n);
  }
  ::_exit(answer.contains("plugin") ? 0 : kRefused);  // destructors of a strange library are not run
}

}  // namespace autodidact
