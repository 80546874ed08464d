# autodidact_add_test(<target> LABELS <unit|golden|contract|end_to_end> SOURCES ... [LINK ...] [TORCH])
# One GoogleTest program; ctest runs it whole.
function(autodidact_add_test target)
  cmake_parse_arguments(arg "TORCH" "" "LABELS;SOURCES;LINK" ${ARGN})
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE ${arg_LINK} GTest::gmock GTest::gtest_main autodidact_warnings)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/framework/src ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${target} PRIVATE
    AUTODIDACT_SHARED_DIR="${AUTODIDACT_SHARED}" AUTODIDACT_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    AUTODIDACT_BINARY_DIR="${CMAKE_BINARY_DIR}" AUTODIDACT_PLUGIN_DIR="${AUTODIDACT_PLUGIN_DIR}")
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  if(arg_TORCH)
    autodidact_use_pch(${target})
  endif()
  add_test(NAME ${target} COMMAND ${target})
  set_tests_properties(${target} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 900)
endfunction()
