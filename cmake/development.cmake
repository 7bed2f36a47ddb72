# How this project's own programs are built: warnings, ccache, a default build type, and where shared test data is.

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_PCH_INSTANTIATE_TEMPLATES ON)
set(SYNCLINE_SHARED_DATA "${PROJECT_SOURCE_DIR}/../shared/data" CACHE PATH "Real files that some tests read")
find_package(Threads REQUIRED)

find_program(CCACHE ccache)
mark_as_advanced(CCACHE)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
      "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime "${CCACHE}")
endif()

# Link this privately to whatever is built here.
add_library(syncline_development INTERFACE)
target_compile_options(syncline_development INTERFACE -Wall -Wextra)
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  # Deprecated here is what libstdc++ 12 uses inside std::stable_sort.
  target_compile_options(syncline_development INTERFACE -Wno-deprecated-declarations "SHELL:-Xclang -fno-pch-timestamp")
else()
  target_compile_options(syncline_development INTERFACE -fpch-preprocess)
endif()
target_link_libraries(syncline_development INTERFACE syncline::syncline Threads::Threads)

# With clang, the tests in tests/fuzz are libFuzzer programs if this is on; else they replay random inputs.
option(SYNCLINE_LIBFUZZER "Build tests/fuzz with libFuzzer (clang only)" OFF)
