# The commit a program was built from, in the program alone: were it in the engine, every commit would change the
# engine's digest. Written anew at each build, and only if it changed. The same file is the build step and its script.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(commit_source ${CMAKE_BINARY_DIR}/commit.cpp)
  add_custom_target(autodidact_commit_source BYPRODUCTS ${commit_source} VERBATIM
    COMMAND ${CMAKE_COMMAND} -DSOURCE_DIR=${CMAKE_SOURCE_DIR} -DOUTPUT=${commit_source} -P ${CMAKE_CURRENT_LIST_FILE})
  add_dependencies(autodidact autodidact_commit_source)
  target_sources(autodidact PRIVATE ${commit_source})
  return()
endif()

execute_process(COMMAND git rev-parse --short=12 HEAD WORKING_DIRECTORY ${SOURCE_DIR}
                OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE no_git)
if(no_git)
  set(commit "unknown")
else()
  execute_process(COMMAND git diff --quiet HEAD WORKING_DIRECTORY ${SOURCE_DIR} RESULT_VARIABLE changed ERROR_QUIET)
  if(changed)
    string(APPEND commit "+changes")
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT [=[
extern "C" {
extern const char autodidact_commit[];
const char autodidact_commit[] = "@commit@";
}
]=] @ONLY)
