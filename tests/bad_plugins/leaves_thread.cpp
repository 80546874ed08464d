// Starts a thread that outlives the object.
#include <unistd.h>

#include <thread>

#include "bad_plugin.hpp"

using namespace autodidact;

struct LeavesThread : bad::Fine {
  explicit LeavesThread(const Context& context) : Fine(context) {
    std::thread([] {
      for (;;) ::sleep(1000);
    }).detach();
  }
};

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("leaves_thread", nullptr, 0, bad::make<LeavesThread>)};
