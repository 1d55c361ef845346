# redress_embed_schema(TARGET DIR NAMESPACE ns)
#
# A static library TARGET that holds the schema in DIR (relative to the calling folder), byte for byte: NNNN_name.sql
# files and, if there is one, grants.sql. It provides a header named after the folder, for services/registry and `schema`
# thus "services/registry/schema.h":
#
#   namespace ns {
#   std::vector<redress::db::Migration> Schema();  // by version
#   std::string_view Grants();                     // grants.sql, or empty
#   }
set(REDRESS_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed_schema_files.cmake
    CACHE INTERNAL "Writes the source file of an embedded schema")

function(redress_embed_schema TARGET DIR)
  cmake_parse_arguments(ARG "" "NAMESPACE" "" ${ARGN})
  if(NOT ARG_NAMESPACE)
    message(FATAL_ERROR "redress_embed_schema(${TARGET}): NAMESPACE is missing")
  endif()
  get_filename_component(FOLDER ${DIR} ABSOLUTE)
  file(GLOB FILES CONFIGURE_DEPENDS ${FOLDER}/*.sql)
  file(RELATIVE_PATH NAME ${PROJECT_SOURCE_DIR} ${FOLDER})
  set(ROOT ${PROJECT_BINARY_DIR}/embedded)
  set(STEM ${ROOT}/${NAME})
  set(HEADER ${NAME}.h)
  if(NOT FILES)
    message(FATAL_ERROR "redress_embed_schema(${TARGET}): ${DIR} holds no .sql file")
  endif()
  foreach(FILE ${FILES})
    get_filename_component(NAME ${FILE} NAME)
    if(NOT NAME MATCHES "^([0-9][0-9][0-9][0-9]_[a-z0-9_]+|grants)\\.sql$")
      message(FATAL_ERROR "redress_embed_schema(${TARGET}): ${NAME} is not named NNNN_name.sql or grants.sql")
    endif()
  endforeach()
  add_custom_command(
    OUTPUT ${STEM}.h ${STEM}.cc
    COMMAND ${CMAKE_COMMAND} -DSTEM=${STEM} -DHEADER=${HEADER} -DNAMESPACE=${ARG_NAMESPACE}
            "-DFILES=${FILES}" -P ${REDRESS_EMBED_SCRIPT}
    DEPENDS ${FILES} ${REDRESS_EMBED_SCRIPT}
    VERBATIM)
  add_library(${TARGET} STATIC ${STEM}.cc ${STEM}.h)
  target_include_directories(${TARGET} PUBLIC ${PROJECT_SOURCE_DIR} ${ROOT})
  target_link_libraries(${TARGET} PUBLIC redress_db_migration PRIVATE redress_flags)
endfunction()
