// One build serves several processors: of a hot loop the loader picks the widest clone. The bodies are plain loops over
// a fixed number of lanes, which the compiler maps to what each clone has; sums keep their order in all of them.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define AUTODIDACT_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define AUTODIDACT_CLONES
#endif
