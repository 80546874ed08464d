# autodidact_embed(<target> <file> <symbol>): the bytes of a file in a target, as
#   extern "C" const char <symbol>[];            followed by one zero byte that is not counted
#   extern "C" const std::size_t <symbol>_size;
#
# The generated source names the digest of the file, so that a compiler cache sees when the bytes change; the assembler
# then takes them as they are, which costs no compile time.
function(autodidact_embed target file symbol)
  if(NOT EXISTS ${file})
    message(FATAL_ERROR "${file} was not found. Run scripts/setup")
  endif()
  file(SHA256 ${file} digest)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  set(source ${CMAKE_CURRENT_BINARY_DIR}/embed_${symbol}.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [=[
// sha256 @digest@
#include <cstddef>
extern "C" {
extern const char @symbol@[];
extern const char @symbol@_end[];
extern const std::size_t @symbol@_size;
}
asm(R"(
  .pushsection .rodata
  .balign 16
  .global @symbol@
  .global @symbol@_end
  .global @symbol@_size
@symbol@:
  .incbin "@file@"
@symbol@_end:
  .byte 0
  .balign 8
@symbol@_size:
  .quad @symbol@_end - @symbol@
  .popsection
)");
]=])
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${file} SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${target} PRIVATE ${source})
endfunction()

# The charts of the HTML page: written by scripts/setup, declared in results/vega_bundle.hpp.
set(AUTODIDACT_CHARTS ${CMAKE_SOURCE_DIR}/.deps/share/vega CACHE PATH "Folder with vega-bundle.js and LICENSES.txt")
autodidact_embed(autodidact_results ${AUTODIDACT_CHARTS}/vega-bundle.js autodidact_vega_bundle)
autodidact_embed(autodidact_results ${AUTODIDACT_CHARTS}/LICENSES.txt autodidact_vega_licences)
