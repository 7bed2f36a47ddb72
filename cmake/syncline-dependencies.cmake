# Finds what the headers stand on, in this build and for whoever calls find_package(syncline) on an installed copy.
# Sets SYNCLINE_DEPENDENCIES to the targets to link, or SYNCLINE_MISSING to a sentence on what is not there.

if(POLICY CMP0167)
  cmake_policy(SET CMP0167 NEW)
endif()
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL TRUE)
set(SYNCLINE_MISSING "")
set(SYNCLINE_DEPENDENCIES Boost::headers)

find_package(Boost 1.81 QUIET)
if(NOT Boost_FOUND)
  string(APPEND SYNCLINE_MISSING "Boost 1.81 or later (headers only) was not found; install it or set Boost_ROOT. ")
endif()

# Makes target syncline::<name> from a library that is nothing but headers: installed, or else downloaded if allowed.
function(syncline_find_headers name header folder url)
  string(TOUPPER ${name} variable)
  set(variable SYNCLINE_${variable}_INCLUDE_DIR)
  find_path(${variable} ${header} HINTS "${${name}_ROOT}" PATH_SUFFIXES include)
  mark_as_advanced(${variable})
  if(NOT ${variable} AND SYNCLINE_FETCH_DEPENDENCIES)
    include(FetchContent)
    FetchContent_Declare(${name} URL ${url} SOURCE_SUBDIR no-build DOWNLOAD_EXTRACT_TIMESTAMP TRUE)
    FetchContent_MakeAvailable(${name})
    set(${variable} "${${name}_SOURCE_DIR}/${folder}")
  endif()
  if(NOT ${variable})
    string(APPEND SYNCLINE_MISSING "${name} (<${header}>) was not found; install it, set ${name}_ROOT, or configure "
                                   "syncline with -DSYNCLINE_FETCH_DEPENDENCIES=ON. ")
    set(SYNCLINE_MISSING "${SYNCLINE_MISSING}" PARENT_SCOPE)
    return()
  endif()
  if(NOT TARGET syncline::${name})
    add_library(syncline::${name} INTERFACE IMPORTED GLOBAL)
    target_include_directories(syncline::${name} INTERFACE "${${variable}}")
  endif()
  set(SYNCLINE_DEPENDENCIES ${SYNCLINE_DEPENDENCIES} syncline::${name} PARENT_SCOPE)
endfunction()

set(github https://github.com)
syncline_find_headers(range-v3 range/v3/version.hpp include ${github}/ericniebler/range-v3/archive/refs/tags/0.12.0.tar.gz)
syncline_find_headers(xxhash xxhash.h . ${github}/Cyan4973/xxHash/archive/refs/tags/v0.8.2.tar.gz)
syncline_find_headers(rapidjson rapidjson/reader.h include
                      ${github}/Tencent/rapidjson/archive/24b5e7a8b27f42fa16b96fc70aade9106cf7102f.tar.gz)
