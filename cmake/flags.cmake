# Warnings for every build, hardening (OpenSSF guide) for release builds; each flag only if the
# compiler knows it, since GCC 12 and Clang 14 differ.
include(CheckCCompilerFlag)

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(project_flags INTERFACE)
target_compile_definitions(project_flags INTERFACE _GNU_SOURCE)
target_compile_options(project_flags INTERFACE -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow
  -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla -Wundef -fno-common
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)

function(flag_if_known flag)
  string(MAKE_C_IDENTIFIER "HAVE${flag}" known)
  check_c_compiler_flag("-Werror ${flag}" ${known})
  if(${known})
    target_compile_options(project_flags INTERFACE ${flag})
  endif()
endfunction()

foreach(flag -Wimplicit-fallthrough -Wbidi-chars=any -Wtrampolines)
  flag_if_known(${flag})
endforeach()

option(CHELA_WERROR "warnings are errors" OFF)
if(CHELA_WERROR)
  target_compile_options(project_flags INTERFACE -Werror)
endif()

set(CHELA_SANITIZE "" CACHE STRING "sanitizers, e.g. address,undefined")
if(CHELA_SANITIZE)
  target_compile_options(project_flags INTERFACE -fsanitize=${CHELA_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(project_flags INTERFACE -fsanitize=${CHELA_SANITIZE})
else()
  foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
               -ftrivial-auto-var-init=zero -fno-delete-null-pointer-checks -fno-strict-overflow)
    flag_if_known(${flag})
  endforeach()
  target_compile_options(project_flags INTERFACE $<$<CONFIG:Release>:-U_FORTIFY_SOURCE>
    $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=3>)
  target_link_options(project_flags INTERFACE -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--as-needed)
endif()

include(CheckPIESupported)
check_pie_supported()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
