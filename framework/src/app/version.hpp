// Version and commit of this program. The commit is known to the program alone: in the engine, it would change the
// engine's digest, and with it every stage key, at each commit.
#pragma once

#include <string>

extern "C" const char autodidact_commit[];  // written at each build

namespace autodidact {

// "0.1.0 4025047abcde", "+changes" at the end if the sources differed from the commit.
inline std::string program_version() { return std::string(AUTODIDACT_VERSION) + " " + autodidact_commit; }

}  // namespace autodidact
