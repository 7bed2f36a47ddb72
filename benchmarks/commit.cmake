# Writes OUT: the commit of ROOT, and the compiler's FLAGS, for the head of a table.
execute_process(COMMAND git describe --always --dirty WORKING_DIRECTORY "${ROOT}" OUTPUT_VARIABLE commit
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT commit)
  set(commit unknown)
endif()
set(text "#pragma once\nnamespace bench {\ninline constexpr const char *commit = \"${commit}\", *flags = \"${FLAGS}\";\n}\n")
file(CONFIGURE OUTPUT "${OUT}" CONTENT "${text}" @ONLY)  # leaves a file alone that says so already
