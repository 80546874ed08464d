// Writes a file where it happens to be.
#include <fstream>

#include "bad_plugin.hpp"

using namespace autodidact;

struct LeavesFile : bad::Fine {
  explicit LeavesFile(const Context& context) : Fine(context) { std::ofstream("notes.txt") << "made"; }
};

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("leaves_file", nullptr, 0, bad::make<LeavesFile>)};
