# LibTorch as the target `autodidact_torch`, and where its libraries lie as AUTODIDACT_TORCH_LIB.
#
# Looked for in this order: Torch_DIR (variable, then environment), CMAKE_PREFIX_PATH (likewise), the private
# environment that scripts/setup makes in the source folder. Used by the build and by the installed package alike.
if(NOT Torch_DIR AND DEFINED ENV{Torch_DIR})
  set(Torch_DIR $ENV{Torch_DIR})
endif()
if(NOT Torch_DIR)
  string(REPLACE ":" ";" prefixes "${CMAKE_PREFIX_PATH};$ENV{CMAKE_PREFIX_PATH}")
  file(GLOB private_environment ${CMAKE_SOURCE_DIR}/.deps/venv/lib/python3*/site-packages/torch)
  find_path(AUTODIDACT_TORCH_CONFIG TorchConfig.cmake HINTS ${prefixes} ${private_environment}
            PATH_SUFFIXES share/cmake/Torch torch/share/cmake/Torch)
  mark_as_advanced(AUTODIDACT_TORCH_CONFIG)
  if(AUTODIDACT_TORCH_CONFIG)
    set(Torch_DIR ${AUTODIDACT_TORCH_CONFIG})
  endif()
endif()
if(NOT EXISTS ${Torch_DIR}/TorchConfig.cmake)
  message(FATAL_ERROR "LibTorch was not found${Torch_DIR}. In the source tree run scripts/setup; elsewhere pass -DTorch_DIR=<libtorch>/share/cmake/Torch")
endif()

cmake_path(GET Torch_DIR PARENT_PATH torch_root)
cmake_path(GET torch_root PARENT_PATH torch_root)
cmake_path(GET torch_root PARENT_PATH torch_root)
set(AUTODIDACT_TORCH_LIB ${torch_root}/lib CACHE INTERNAL "Folder of libtorch.so")
if(EXISTS ${AUTODIDACT_TORCH_LIB}/libtorch_cuda.so)
  find_program(AUTODIDACT_NVCC nvcc HINTS $ENV{CUDA_HOME}/bin /usr/local/cuda/bin)
  if(NOT AUTODIDACT_NVCC)
    message(FATAL_ERROR "The LibTorch in ${torch_root} is a CUDA build, and its CUDA toolkit (nvcc) is not here. "
      "Give the CPU build (-DTorch_DIR=..., or unset it and run scripts/setup), or install the toolkit")
  endif()
endif()

# Its package warns that kineto is absent, which the CPU build leaves out: harmless, so not shown.
set(level ${CMAKE_MESSAGE_LOG_LEVEL})
set(CMAKE_MESSAGE_LOG_LEVEL ERROR)
find_package(Torch QUIET)
set(CMAKE_MESSAGE_LOG_LEVEL ${level})
if(NOT Torch_FOUND)
  message(FATAL_ERROR "The LibTorch in ${torch_root} is there, but its CMake package refuses; run with --debug-find-pkg=Torch to see why")
endif()
if(NOT Torch_VERSION MATCHES "^2\\.13")
  message(WARNING "LibTorch ${Torch_VERSION} found; Autodidact is tested with 2.13 only")
endif()
set(AUTODIDACT_LIBTORCH "${Torch_VERSION}")

# Its headers put their own path into error messages; a name in its place keeps binaries equal on every machine.
cmake_path(RELATIVE_PATH torch_root BASE_DIRECTORY ${CMAKE_BINARY_DIR} OUTPUT_VARIABLE torch_from_build)
add_compile_options(-ffile-prefix-map=${torch_root}=libtorch -ffile-prefix-map=${torch_from_build}=libtorch)
add_library(autodidact_torch INTERFACE)
target_link_libraries(autodidact_torch INTERFACE torch)
