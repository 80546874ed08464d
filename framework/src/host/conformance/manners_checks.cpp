// What is left behind by the whole life of an object.
#include <ATen/ATen.h>

#include "host/conformance/parts.hpp"
#include "host/conformance/surroundings.hpp"

namespace autodidact {

namespace {

struct Life {
  Surroundings before, after;
};

// Once around before counting: what LibTorch itself starts or opens at its first use is not the plugin's.
Life live(const Workshop& w) {
  at::ones({64, 64}).requires_grad_().matmul(at::ones({64, 64})).sum().backward();
  Life life;
  life.before = look_around();
  {
    const auto subject = w.trained();
    subject->answers();
  }
  life.after = look_around();
  return life;
}

}  // namespace

void add_manners_checks(Suite& suite, const Workshop& w, const std::filesystem::path& scratch) {
  suite.add("threads", "none is left running", [&] {
    const Life life = live(w);
    return judged(threads_difference(life.before, life.after));
  });
  suite.add("open files", "none is left open, and none of the host's is closed", [&] {
    const Life life = live(w);
    return judged(files_difference(life.before, life.after));
  });
  suite.add("settings", "LibTorch, locale, signals, rounding, environment and working folder as before", [&] {
    const Life life = live(w);
    return judged(settings_difference(life.before, life.after));
  });
  suite.add("files written", "none in the working and in the temporary folder, in this check and all before it", [&] {
    if (scratch.empty()) return skip("only looked at where the checks run in a folder of their own");
    live(w);
    const std::string names = contents_of(scratch);
    return names.empty() ? pass() : fail(names);
  });
}

}  // namespace autodidact
