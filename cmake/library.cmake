# libchela, shared and static: only what include/chela.h marks CHELA_API is visible.
add_library(chela_shared SHARED $<TARGET_OBJECTS:core>)
set_target_properties(chela_shared PROPERTIES OUTPUT_NAME chela VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR})
target_link_libraries(chela_shared PRIVATE core)

# In an archive hidden symbols still collide with a program's own str_trim or buf_add, so the objects
# are linked into one and the hidden symbols made local. (Not in sanitizer builds: nobody links those.)
if(NOT CHELA_SANITIZE AND NOT CHELA_FUZZ)
  set(archive ${CMAKE_ARCHIVE_OUTPUT_DIRECTORY}/libchela.a)
  add_custom_command(OUTPUT ${archive}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_ARCHIVE_OUTPUT_DIRECTORY}
    COMMAND ${CMAKE_LINKER} -r -o libchela.o $<TARGET_OBJECTS:core>
    COMMAND ${CMAKE_OBJCOPY} --localize-hidden libchela.o
    COMMAND ${CMAKE_COMMAND} -E rm -f ${archive}
    COMMAND ${CMAKE_AR} rcs ${archive} libchela.o
    DEPENDS core $<TARGET_OBJECTS:core> COMMAND_EXPAND_LISTS VERBATIM)
  add_custom_target(chela_archive ALL DEPENDS ${archive})
endif()

configure_file(packaging/chela.pc.in ${CMAKE_BINARY_DIR}/lib/pkgconfig/chela.pc @ONLY)
