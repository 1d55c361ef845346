# What every target of the project shares: tools that make builds fast, dependencies, warnings, and the three ways to
# declare something: redress_library, redress_binary, redress_test.

option(REDRESS_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(REDRESS_FUZZ "Build the target `fuzzers` with libFuzzer, which needs clang" OFF)

# ccache is told at each call that files with a precompiled header may be cached, and that the tree may lie anywhere: a fresh
# clone then finds what another one has compiled.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(REDRESS_CCACHE ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${REDRESS_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${REDRESS_CCACHE})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(LIBJWT REQUIRED IMPORTED_TARGET libjwt)
# Without its package file, whose definition would reach whatever links the vault.
find_library(UTF8PROC_LIBRARY utf8proc REQUIRED)

# Flags that apply to our own code; the generated code and the headers of others are not ours to warn about.
add_library(redress_flags INTERFACE)
target_compile_options(redress_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Werror=return-type
                       -Wno-unused-parameter -Wno-missing-field-initializers)
# A warning of the compiler that we build with is a mistake; sanitizers and other compilers see warnings that are none.
target_compile_options(redress_flags INTERFACE $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Werror>)
# How long one test may take: a program that is watched takes several times as long.
set(REDRESS_TEST_SECONDS 300)
if(REDRESS_SANITIZE)
  set(REDRESS_TEST_SECONDS 1200)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()
if(REDRESS_FUZZ)
  # Coverage of our own libraries and messages guides the fuzzer; the main function comes with the target alone.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# One precompiled header for everything that speaks gRPC.
file(WRITE ${CMAKE_BINARY_DIR}/pch_anchor.cc "// Anchors the precompiled header that other targets reuse.\n")
add_library(redress_pch STATIC ${CMAKE_BINARY_DIR}/pch_anchor.cc)
target_link_libraries(redress_pch PUBLIC gRPC::grpc++ protobuf::libprotobuf absl::statusor absl::strings absl::time
                      absl::flat_hash_map absl::synchronization)
target_precompile_headers(redress_pch PRIVATE <grpcpp/grpcpp.h> <google/protobuf/message.h> <absl/status/statusor.h>
                          <absl/strings/str_cat.h> <absl/time/time.h> <absl/time/civil_time.h>
                          <absl/container/flat_hash_map.h> <functional> <memory> <string> <string_view> <vector>)

# redress_library(NAME SRCS a.cc ... DEPS target ... [GRPC])
# A small library under common/ or services/. GRPC: it may use gRPC, and shares the precompiled header.
function(redress_library NAME)
  cmake_parse_arguments(ARG "GRPC" "" "SRCS;DEPS" ${ARGN})
  if(ARG_SRCS)
    add_library(${NAME} STATIC ${ARG_SRCS})
    target_include_directories(${NAME} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/protos)
    target_link_libraries(${NAME} PUBLIC ${ARG_DEPS} PRIVATE redress_flags)
    if(ARG_GRPC)
      target_link_libraries(${NAME} PUBLIC gRPC::grpc++)
      target_precompile_headers(${NAME} REUSE_FROM redress_pch)
    endif()
  else()
    add_library(${NAME} INTERFACE)
    target_include_directories(${NAME} INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/protos)
    target_link_libraries(${NAME} INTERFACE ${ARG_DEPS})
  endif()
endfunction()

# redress_binary(NAME SRCS ... DEPS ... [GRPC])
function(redress_binary NAME)
  cmake_parse_arguments(ARG "GRPC" "" "SRCS;DEPS" ${ARGN})
  add_executable(${NAME} ${ARG_SRCS})
  target_include_directories(${NAME} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/protos)
  target_link_libraries(${NAME} PRIVATE ${ARG_DEPS} redress_flags)
  if(ARG_GRPC)
    target_link_libraries(${NAME} PRIVATE gRPC::grpc++)
    target_precompile_headers(${NAME} REUSE_FROM redress_pch)
  endif()
endfunction()

# redress_test(NAME KIND unit|integration|e2e SRCS ... DEPS ... [GRPC])
# Integration and e2e tests need the database that tests/run starts; without it they fail, they are never skipped.
function(redress_test NAME)
  cmake_parse_arguments(ARG "GRPC" "KIND" "SRCS;DEPS" ${ARGN})
  add_executable(${NAME} ${ARG_SRCS})
  target_include_directories(${NAME} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/protos)
  target_link_libraries(${NAME} PRIVATE ${ARG_DEPS} redress_flags GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_definitions(${NAME} PRIVATE REDRESS_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                             REDRESS_BINARY_DIR="${PROJECT_BINARY_DIR}")
  if(ARG_GRPC)
    target_link_libraries(${NAME} PRIVATE gRPC::grpc++)
    target_precompile_headers(${NAME} REUSE_FROM redress_pch)
  endif()
  add_test(NAME ${ARG_KIND}.${NAME} COMMAND ${NAME})
  set_tests_properties(${ARG_KIND}.${NAME} PROPERTIES LABELS ${ARG_KIND} TIMEOUT ${REDRESS_TEST_SECONDS})
  if(ARG_KIND STREQUAL "e2e")
    # Real services with deadlines of their own: beside other tests they would only be slower and less certain.
    set_tests_properties(${ARG_KIND}.${NAME} PROPERTIES RUN_SERIAL TRUE)
  endif()
endfunction()

# Adds every folder below the current one that has a CMakeLists.txt, so that a new library or service needs no edit above it.
macro(redress_add_subfolders)
  file(GLOB _subfolders CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt)
  foreach(_sub ${_subfolders})
    get_filename_component(_dir ${_sub} DIRECTORY)
    add_subdirectory(${_dir})
  endforeach()
endmacro()
