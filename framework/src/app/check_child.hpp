// One child process that runs checks, as its parent sees it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "app/engine_api.hpp"

namespace autodidact {

class CheckChild {
 public:
  // Starts `program __check` in a process group of its own, with `scratch` as its temporary folder.
  CheckChild(const std::filesystem::path& program, const CheckRequest& request, const std::filesystem::path& scratch);
  ~CheckChild();  // ends whatever is left of the group
  CheckChild(const CheckChild&) = delete;
  CheckChild& operator=(const CheckChild&) = delete;

  // Waits at most 50 ms for lines of its report. False at its end.
  bool read(const std::function<void(const nlohmann::json&)>& take);
  std::int64_t resident() const;  // bytes in memory; 0 if it is gone
  double waited() const;          // seconds that its first thread was ready to run and had no processor
  // Ends it, if it did not end yet.
  void kill();
  // Waits for the end: "" if that was exit code 0.
  std::string reap();
  // What it wrote last, as ": '...'"; "" if it wrote nothing.
  std::string last_words() const;

 private:
  pid_t pid_ = 0;
  int report_ = -1;  // its events
  int talk_ = -1;    // its standard output and error
  std::string buffer_, end_;
  bool reaped_ = false;
};

}  // namespace autodidact
