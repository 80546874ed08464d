// Exports the symbol, but it is something else.
#include "autodidact/plugin/abi.hpp"

extern "C" AUTODIDACT_API const char autodidact_plugin[sizeof(autodidact::Descriptor)] = "not a descriptor at all";
