# libFuzzer programs: build/fuzz/bin/fuzz_NAME -max_total_time=60 fuzz/corpus/NAME
file(GLOB fuzzers CONFIGURE_DEPENDS fuzz/fuzz_*.c)
target_compile_options(project_flags INTERFACE -fsanitize=fuzzer-no-link)
foreach(source ${fuzzers})
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE gateway term)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endforeach()
