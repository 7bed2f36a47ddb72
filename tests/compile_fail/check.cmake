# Checks that SOURCE is refused by COMPILER with the sentence that it expects, and that its twin compiles.

# Prints `text` as it is, which FATAL_ERROR alone would wrap.
function(fail text)
  message(NOTICE "${text}")
  message(FATAL_ERROR "failed, see above")
endfunction()

string(REPLACE "|" ";-I" includes "${INCLUDES}")
if(includes)
  set(includes "-I${includes}")
endif()
# Long lines stay whole, so that a sentence is not broken up.
set(command "${COMPILER}" -std=c++20 -fsyntax-only -fmessage-length=0 ${includes})

file(STRINGS "${SOURCE}" expected REGEX "^// expect: " LIMIT_COUNT 1)
if(NOT expected)
  fail("${SOURCE} has no line '// expect: <text of the message>'")
endif()
string(REGEX REPLACE "^// expect: " "" expected "${expected}")

execute_process(COMMAND ${command} -DTWIN "${SOURCE}" RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT status EQUAL 0)
  fail("${SOURCE} with -DTWIN is refused; the twin must compile:\n${output}")
endif()

execute_process(COMMAND ${command} "${SOURCE}" RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(status EQUAL 0)
  fail("${SOURCE} compiles, and must not")
endif()
string(TOLOWER "${output}" lower)
if(lower MATCHES "boost/(hana|pfr)|(hana|pfr)::")
  fail("${SOURCE} is refused by the insides of a library that its author never named:\n${output}")
endif()
string(REGEX MATCHALL "error: " errors "${output}")
list(LENGTH errors count)
if(count GREATER 6)
  fail("${SOURCE} is refused with ${count} errors, and not with a sentence:\n${output}")
endif()
# Compilers escape quotes, and clang prints a computed sentence in pieces: see core/ill_formed.hpp.
string(REPLACE "\\'" "'" output "${output}")
string(REGEX REPLACE "\"}, (syncline::)?fixed_string<[0-9]+[UL]*>{\"" " " output "${output}")
string(FIND "${output}" "${expected}" found)
if(found EQUAL -1)
  fail("${SOURCE} is refused, but not with\n  ${expected}\nThe compiler said:\n${output}")
endif()
