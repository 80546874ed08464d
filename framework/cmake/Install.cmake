# cmake --install build/release --prefix DIR: the program, its libraries and plugins, its suites, profiles and dataset
# cards, the pages that explain them, the contract headers, and the package with which others build plugins:
# find_package(autodidact), and bin/autodidact-new-plugin, which starts one.
include(CMakePackageConfigHelpers)
set(package_dir lib/cmake/autodidact)

install(TARGETS autodidact RUNTIME DESTINATION bin)
install(TARGETS autodidact_engine LIBRARY DESTINATION lib)
set_target_properties(autodidact_api PROPERTIES EXPORT_NAME api)
install(TARGETS autodidact_api EXPORT autodidact LIBRARY DESTINATION lib)
install(EXPORT autodidact NAMESPACE autodidact:: FILE autodidactTargets.cmake DESTINATION ${package_dir})
install(DIRECTORY framework/include/ DESTINATION include FILES_MATCHING PATTERN "*.hpp")
install(DIRECTORY benchmarks/suites benchmarks/profiles DESTINATION share/autodidact/benchmarks
        FILES_MATCHING PATTERN "*.toml")
install(DIRECTORY datasets/ DESTINATION share/autodidact/datasets FILES_MATCHING PATTERN "*.toml")
install(FILES LICENSE scripts/vega-licences.txt DESTINATION share/autodidact)

install(PROGRAMS scripts/new-plugin DESTINATION bin RENAME autodidact-new-plugin)
foreach(kind tokenizer objective prior)
  install(DIRECTORY plugins/template/${kind} DESTINATION share/autodidact/templates)
endforeach()
# Every page where it stands in the tree, so that links between them hold.
file(GLOB pages CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} *.md docs/*.md benchmarks/*.md datasets/*.md results/*.md results/*/*.md results/*/*.svg
     plugins/*/*.md plugins/*/*/*.md)
foreach(page ${pages})
  cmake_path(GET page PARENT_PATH folder)
  install(FILES ${page} DESTINATION share/doc/autodidact/${folder})
endforeach()
install(CODE "
  file(MAKE_DIRECTORY \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/lib/autodidact\")
  file(CREATE_LINK \"${AUTODIDACT_TORCH_LIB}\" \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/lib/autodidact/torch\" SYMBOLIC)")

configure_package_config_file(framework/cmake/autodidactConfig.cmake.in ${CMAKE_BINARY_DIR}/autodidactConfig.cmake
  INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/autodidactConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/autodidactConfig.cmake ${CMAKE_BINARY_DIR}/autodidactConfigVersion.cmake
              framework/cmake/LibTorch.cmake framework/cmake/AddPlugin.cmake framework/cmake/plugin.map
        DESTINATION ${package_dir})
