# Where built things lie, and how they find each other: the same relative places in the build tree and after install.
#
#   build tree              installed
#   autodidact              bin/autodidact
#   lib/*.so                lib/*.so
#   lib/autodidact/torch    lib/autodidact/torch      a link to the folder of libtorch.so
#   plugins/*.so            lib/autodidact/plugins/*.so
#   autodidact.paths        share/autodidact/         suites, profiles, dataset cards
#
# Run paths are relative ($ORIGIN) and cover both columns, so nothing is linked again at install, and a binary holds no
# path of the machine that built it: two clones have equal digests.
include(GNUInstallDirs)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(AUTODIDACT_PLUGIN_DIR ${CMAKE_BINARY_DIR}/plugins)
set(AUTODIDACT_TEMPLATE_DIR ${CMAKE_BINARY_DIR}/templates)
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)
set(CMAKE_INSTALL_RPATH "$ORIGIN;$ORIGIN/autodidact/torch"                 # of libraries
                        "$ORIGIN/../lib;$ORIGIN/../lib/autodidact/torch"   # of tests, plugins, the installed program
                        "$ORIGIN/lib;$ORIGIN/lib/autodidact/torch")        # of the program
set(AUTODIDACT_PLUGIN_RPATH "$ORIGIN/../lib;$ORIGIN/../lib/autodidact/torch;$ORIGIN/../..;$ORIGIN/../torch")

file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib/autodidact)
file(CREATE_LINK ${AUTODIDACT_TORCH_LIB} ${CMAKE_BINARY_DIR}/lib/autodidact/torch SYMBOLIC)

# Read by the program when it lies beside it. Line 1: the data home, the folder with benchmarks/suites,
# benchmarks/profiles and datasets. AUTODIDACT_HOME goes before it; an installed program has <exe>/../share/autodidact.
file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/autodidact.paths CONTENT "${CMAKE_SOURCE_DIR}\n")
