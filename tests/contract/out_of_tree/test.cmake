# cmake -DBUILD= -DPROJECT= -DWORK= -DCOMPILER= -DLAUNCHER= -P test.cmake
function(run)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE out ERROR_VARIABLE err RESULT_VARIABLE code)
  if(NOT code EQUAL 0)
    string(JOIN " " command ${ARGN})
    message(FATAL_ERROR "${command}\nended with ${code}\n${out}${err}")
  endif()
  set(output "${out}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
set(prefix ${WORK}/prefix)
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})

# Install moves bytes and changes none: equal digests in the build tree and after install.
foreach(pair autodidact=bin/autodidact lib/libautodidact_engine.so=lib/libautodidact_engine.so)
  string(REPLACE "=" ";" pair ${pair})
  list(GET pair 0 built)
  list(GET pair 1 installed)
  run(${CMAKE_COMMAND} -E compare_files ${BUILD}/${built} ${prefix}/${installed})
endforeach()

run(${CMAKE_COMMAND} -S ${PROJECT} -B ${WORK}/build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH=${prefix}
    -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER})
run(${CMAKE_COMMAND} --build ${WORK}/build)

# Nothing of the build tree is named: suites and plugins are found beside the installed program.
set(program ${CMAKE_COMMAND} -E env --unset=AUTODIDACT_HOME --unset=AUTODIDACT_PLUGINS XDG_CACHE_HOME=${WORK}/cache
    OMP_NUM_THREADS=1 ${prefix}/bin/autodidact)
run(${program} --version)
run(${program} list suites)
if(NOT output MATCHES "smoke")
  message(FATAL_ERROR "the installed program does not find the suite 'smoke':\n${output}")
endif()
run(${program} list plugins --plugin-path ${WORK}/build/plugins)
if(NOT output MATCHES "alignment" OR NOT output MATCHES "vqvae")
  message(FATAL_ERROR "the installed program does not list its own plugins and the new one:\n${output}")
endif()
run(${program} plugin check ${WORK}/build/plugins/objective_alignment.so)
message("${output}")
