// One function, compiled for several processors; the loader takes the best that this one has.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define AUTODIDACT_NN_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define AUTODIDACT_NN_CLONES
#endif
#define AUTODIDACT_NN_INLINE inline __attribute__((always_inline))
