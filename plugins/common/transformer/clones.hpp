// One function, compiled for several processors; the loader takes the best that this one has.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__)
#define AUTODIDACT_CLONES __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#else
#define AUTODIDACT_CLONES
#endif
