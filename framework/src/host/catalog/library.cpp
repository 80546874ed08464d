#include "host/catalog/library.hpp"

#include <boost/dll/shared_library.hpp>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "autodidact/plugin/error.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

struct Registry {
  std::mutex mutex;
  std::map<fs::path, std::unique_ptr<boost::dll::shared_library>> open;
};

// Leaked on purpose: libraries outlive every object of the process, static ones included.
Registry& registry() {
  static Registry* const all = new Registry;
  return *all;
}

// Boost wraps the loader's own words: "... load() failed (FILE: WORDS): Bad file descriptor", whatever the fault.
std::string loader_words(std::string text, const fs::path& file) {
  const std::size_t open = text.find(" ("), close = text.rfind("): ");
  if (open != std::string::npos && close != std::string::npos && open + 2 < close)
    text = text.substr(open + 2, close - open - 2);
  const std::string prefix = file.string() + ": ";
  if (text.compare(0, prefix.size(), prefix) == 0) text.erase(0, prefix.size());
  for (char& c : text)
    if (c == '\n') c = ' ';
  return text;
}

std::string loading_fault(const std::string& words) {
  std::string text = "cannot be loaded: " + words;
  if (words.find("undefined symbol") != std::string::npos)
    text += "; link it with -Wl,--no-undefined, as autodidact_add_plugin does";
  return text;
}

// Magic, interface and size stand first in every version of the descriptor; nothing else may be read before they fit.
void shake_hands(const Descriptor& d) {
  if (std::memcmp(d.magic, kMagic, sizeof kMagic) != 0)
    throw ConfigError(std::string("its symbol ") + kSymbol +
                      " is no Descriptor (wrong magic); define it with AUTODIDACT_PLUGIN");
  if (d.interface != kInterface)
    throw ConfigError("built for interface " + std::to_string(d.interface) + ", this host has interface " +
                      std::to_string(kInterface) + "; rebuild it against this host's headers");
  if (d.size != sizeof(Descriptor))
    throw ConfigError("its Descriptor has " + std::to_string(d.size) + " bytes, this host's has " +
                      std::to_string(sizeof(Descriptor)) + "; rebuild it against this host's headers");
  const std::string found = d.fingerprint ? d.fingerprint : "(none)";
  if (found != AUTODIDACT_FINGERPRINT)
    throw ConfigError("built with another toolchain: found [" + found +
                      "], wanted [" AUTODIDACT_FINGERPRINT "]; rebuild it with this host's LibTorch and compiler");
}

}  // namespace

const Descriptor& open_library(const fs::path& file) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  const fs::path path = fs::canonical(file);
  auto& library = all.open[path];
  if (!library) {
    auto opened = std::make_unique<boost::dll::shared_library>();
    try {
      opened->load(path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    } catch (const std::exception& e) {
      all.open.erase(path);
      throw ConfigError(loading_fault(loader_words(e.what(), path)));
    }
    library = std::move(opened);  // kept also if it is refused below: closing it could end the process
  }
  if (!library->has(kSymbol))
    throw ConfigError(std::string("exports no symbol ") + kSymbol +
                      "; not a plugin of Autodidact, or its descriptor is not defined with AUTODIDACT_PLUGIN");
  const Descriptor& descriptor = library->get<const Descriptor>(kSymbol);
  shake_hands(descriptor);
  return descriptor;
}

}  // namespace autodidact
