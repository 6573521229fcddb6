# cmake --install: the command line, the libraries, their headers in one include/umiak, and a CMake package.
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY UMIAK_LIBRARIES)
install(TARGETS ${libraries} EXPORT umiakTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET umiak)
  install(TARGETS umiak RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
foreach(module loader vm wasi)
  if(EXISTS ${PROJECT_SOURCE_DIR}/${module}/include)
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/${module}/include/umiak DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
      FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
  endif()
endforeach()

install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/umiak)
configure_package_config_file(cmake/umiakConfig.cmake.in ${PROJECT_BINARY_DIR}/umiakConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/umiakConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(EXPORT umiakTargets NAMESPACE umiak:: DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/umiakConfig.cmake ${PROJECT_BINARY_DIR}/umiakConfigVersion.cmake
  DESTINATION ${package_dir})
