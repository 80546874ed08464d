# autodidact_add_plugin(<name> KIND tokenizer|objective|prior SOURCES a.cpp ... [LINK target ...] [TESTS a_test.cpp ...])
#
# A module that exports one symbol and is built into the folder the host scans. Its sources are also offered as
# an object library, so that tests reach the method behind the descriptor. Outside the host's tree tests are built where
# GoogleTest is found, and run by ctest.
set(AUTODIDACT_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})

function(autodidact_add_plugin name)
  cmake_parse_arguments(arg "" "KIND" "SOURCES;LINK;TESTS" ${ARGN})
  if(NOT arg_KIND MATCHES "^(tokenizer|objective|prior)$")
    message(FATAL_ERROR "autodidact_add_plugin(${name}): KIND must be tokenizer, objective or prior, not '${arg_KIND}'")
  endif()
  set(target ${arg_KIND}_${name})
  add_library(${target}_objects OBJECT ${arg_SOURCES})
  target_link_libraries(${target}_objects PUBLIC autodidact::api autodidact_torch ${arg_LINK})
  set_target_properties(${target}_objects PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  autodidact_use_pch(${target}_objects)

  add_library(${target} MODULE)
  target_link_libraries(${target} PRIVATE ${target}_objects)
  set_target_properties(${target} PROPERTIES PREFIX "" OUTPUT_NAME ${target}
    LIBRARY_OUTPUT_DIRECTORY ${AUTODIDACT_PLUGIN_DIR})
  target_link_options(${target} PRIVATE
    -Wl,--version-script=${AUTODIDACT_CMAKE_DIR}/plugin.map -Wl,--no-undefined -Wl,-z,nodelete)
  set_target_properties(${target} PROPERTIES LINK_DEPENDS ${AUTODIDACT_CMAKE_DIR}/plugin.map)
  if(NOT TARGET autodidact_warnings)
    autodidact_add_outside_test(test_${target} ${target}_objects ${arg_TESTS})
    return()
  endif()

  target_link_libraries(${target}_objects PRIVATE autodidact_warnings)
  set_target_properties(${target} PROPERTIES INSTALL_RPATH "${AUTODIDACT_PLUGIN_RPATH}")
  if(NOT AUTODIDACT_PLUGIN_DIR STREQUAL AUTODIDACT_TEMPLATE_DIR)
    set_property(GLOBAL APPEND PROPERTY AUTODIDACT_PLUGINS ${target})
    install(TARGETS ${target} LIBRARY DESTINATION lib/autodidact/plugins)
  endif()
  if(arg_TESTS AND AUTODIDACT_TESTS AND COMMAND autodidact_add_test)
    autodidact_add_test(test_${target} LABELS unit SOURCES ${arg_TESTS} LINK ${target}_objects TORCH)
  endif()
endfunction()

function(autodidact_add_outside_test target objects)
  find_package(GTest QUIET)
  if(NOT ARGN OR NOT GTest_FOUND)
    return()
  endif()
  add_executable(${target} ${ARGN})
  target_link_libraries(${target} PRIVATE ${objects} GTest::gtest GTest::gtest_main)
  add_test(NAME ${target} COMMAND ${target})
endfunction()

# One precompiled header for every target that includes LibTorch; in an out-of-tree build there is none.
function(autodidact_use_pch target)
  get_target_property(visibility ${target} CXX_VISIBILITY_PRESET)
  if(TARGET autodidact_pch_hidden AND visibility STREQUAL hidden)
    target_precompile_headers(${target} REUSE_FROM autodidact_pch_hidden)
  elseif(TARGET autodidact_pch)
    target_precompile_headers(${target} REUSE_FROM autodidact_pch)
  endif()
  get_target_property(type ${target} TYPE)
  if(TARGET autodidact_pch AND type STREQUAL EXECUTABLE)
    target_compile_options(${target} PRIVATE -fPIC)  # as the precompiled header, which -fPIE would not match
  endif()
endfunction()

# autodidact_vectorise(target): for targets with loops of their own. Without it the compiler keeps the order of floating
# point exceptions, which nobody reads, and leaves every loop with a choice in it scalar where there are no masks (AVX2).
function(autodidact_vectorise target)
  target_compile_options(${target} PRIVATE -fno-trapping-math)
endfunction()
