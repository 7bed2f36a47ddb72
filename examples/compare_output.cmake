# Fails where FILE is not what PROGRAM prints, and says how to make it so.

execute_process(COMMAND "${PROGRAM}" OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
file(READ "${FILE}" kept)
if(NOT printed STREQUAL kept)
  message(FATAL_ERROR "${FILE} is not what the program prints any more: run ${PROGRAM} > ${FILE}")
endif()
