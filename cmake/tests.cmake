# tests/unit/test_NAME.c is one program with cmocka; it may include a .c to reach its statics.
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
file(GLOB unit_tests CONFIGURE_DEPENDS tests/unit/test_*.c)
foreach(source ${unit_tests})
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_include_directories(${name} PRIVATE tests/unit ${CURL_INCLUDE_DIRS} ${SQLITE_INCLUDE_DIRS}
                             ${EDIT_INCLUDE_DIRS} ${MD4C_INCLUDE_DIRS})
  target_compile_definitions(${name} PRIVATE TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data"
    SHARED_DATA="${CMAKE_SOURCE_DIR}/../shared/data")
  target_link_libraries(${name} PRIVATE gateway term PkgConfig::CMOCKA)
  if(name MATCHES "^test_engine_")
    target_link_libraries(${name} PRIVATE engines)
  endif()
  # A test may stand in for a function of the C library, also where a loaded library calls it.
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/unit
    ENABLE_EXPORTS ON)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120)
endforeach()

# fuzz/fuzz_NAME.c, here with a plain main that runs the inputs of fuzz/corpus/NAME once.
file(GLOB fuzzers CONFIGURE_DEPENDS fuzz/fuzz_*.c)
foreach(source ${fuzzers})
  get_filename_component(name ${source} NAME_WE)
  string(REPLACE fuzz_ "" what ${name})
  add_executable(replay_${what} ${source} fuzz/replay.c)
  target_link_libraries(replay_${what} PRIVATE gateway term)
  if(what MATCHES "^scene_")
    target_link_libraries(replay_${what} PRIVATE engines)
  endif()
  set_target_properties(replay_${what} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/unit)
  add_test(NAME replay_${what} COMMAND replay_${what} ${CMAKE_SOURCE_DIR}/fuzz/corpus/${what})
  set_tests_properties(replay_${what} PROPERTIES TIMEOUT 300)
endforeach()
