# What the completion scripts are made of: src/cli/shells/chela.* become strings of the program, and
# the program, once built, writes the scripts that are installed.
set(shells bash zsh fish)
set(shells_source ${CMAKE_BINARY_DIR}/shells.c)
set(text "#include \"cli/complete.h\"\n")
foreach(shell ${shells})
  set(file ${CMAKE_SOURCE_DIR}/src/cli/shells/chela.${shell})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} script)
  string(REPLACE "\\" "\\\\" script "${script}")
  string(REPLACE "\"" "\\\"" script "${script}")
  string(REPLACE "\n" "\\n\"\n    \"" script "${script}")
  string(APPEND text "const char complete_shell_${shell}[] =\n    \"${script}\";\n")
endforeach()
file(CONFIGURE OUTPUT ${shells_source} CONTENT "${text}" @ONLY)

function(write_completions program)
  if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
    return() # it cannot be run here
  endif()
  foreach(shell ${shells})
    set(script ${CMAKE_BINARY_DIR}/completions/chela.${shell})
    add_custom_command(OUTPUT ${script} DEPENDS ${program} VERBATIM
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/completions
      COMMAND ${program} completion ${shell} > ${script})
    list(APPEND scripts ${script})
  endforeach()
  add_custom_target(completions ALL DEPENDS ${scripts})
  set(from ${CMAKE_BINARY_DIR}/completions)
  install(FILES ${from}/chela.bash RENAME chela
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${from}/chela.zsh RENAME _chela
          DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${from}/chela.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endfunction()
