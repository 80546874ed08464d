# What every target shares: compiler cache, fast linker, reproducible paths, sanitizers.
find_program(AUTODIDACT_CCACHE ccache)
if(AUTODIDACT_CCACHE)
  # A precompiled header needs these two; the macros are __DATE__ and __TIME__, which are not used.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${AUTODIDACT_CCACHE})
endif()
find_program(AUTODIDACT_MOLD mold)
if(AUTODIDACT_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# Two clones in different folders give equal binaries, hence equal digests; the compiler cache names files relative to
# the build folder, so that clones share it.
cmake_path(RELATIVE_PATH CMAKE_SOURCE_DIR BASE_DIRECTORY ${CMAKE_BINARY_DIR} OUTPUT_VARIABLE source_from_build)
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=build
                    -ffile-prefix-map=${source_from_build}=.)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_compile_options(-fpch-preprocess)
endif()
if(AUTODIDACT_SANITIZE)
  add_compile_options(-fsanitize=${AUTODIDACT_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${AUTODIDACT_SANITIZE})
endif()
