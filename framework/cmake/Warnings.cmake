# Applied to our own targets only.
add_library(autodidact_warnings INTERFACE)
target_compile_options(autodidact_warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
