# What `cmake --install` puts where: the headers, and a package for find_package(syncline).

include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_DATADIR}/cmake/syncline")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(TARGETS syncline EXPORT syncline)
install(EXPORT syncline NAMESPACE syncline:: FILE syncline-targets.cmake DESTINATION "${package_dir}")

configure_package_config_file(cmake/syncline-config.cmake.in syncline-config.cmake INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file(syncline-config-version.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES "${PROJECT_BINARY_DIR}/syncline-config.cmake" "${PROJECT_BINARY_DIR}/syncline-config-version.cmake"
              cmake/syncline-dependencies.cmake DESTINATION "${package_dir}")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/syncline")
