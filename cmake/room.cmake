# ait_room(NAME [NEEDS room...] [LIBS library...] [TEST_NEEDS room...] [BENCH_NEEDS room...] [DEFINES d...])
#
# One folder of src/ is one room: its own .cpp files become the library NAME, tests/*_test.cpp the test program
# NAME_test, bench/*_bench.cpp the program NAME_bench, fuzz/*_fuzz.cpp one libFuzzer program each.
# tests/*_slow_test.cpp run in release only; tests/*_concurrency_test.cpp also run under the thread sanitizer;
# tests/*_server_test.cpp need a real server and skip without it (`./dev test --with-servers`, label servers).
# A room of headers only becomes an interface library.
function(ait_room name)
  cmake_parse_arguments(ROOM "" "" "NEEDS;LIBS;TEST_NEEDS;BENCH_NEEDS;DEFINES" ${ARGN})
  set(dir "${CMAKE_CURRENT_SOURCE_DIR}")
  file(GLOB sources CONFIGURE_DEPENDS "${dir}/*.cpp")
  # A service with a CMakeLists.txt is a room of its own: its core then needs none of what a service needs.
  if(NOT EXISTS "${dir}/service/CMakeLists.txt")
    file(GLOB service CONFIGURE_DEPENDS "${dir}/service/*.cpp")
    list(APPEND sources ${service})
  endif()
  if(sources)
    add_library(${name} STATIC ${sources})
    target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(${name} PUBLIC ${ROOM_NEEDS} fmt::fmt PRIVATE ${ROOM_LIBS})
    target_compile_definitions(${name} PRIVATE ${ROOM_DEFINES})
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(${name} INTERFACE ${ROOM_NEEDS} fmt::fmt)
  endif()

  file(GLOB tests CONFIGURE_DEPENDS "${dir}/tests/*.cpp")
  set(slow ${tests})
  list(FILTER slow INCLUDE REGEX "_slow_test\\.cpp$")
  set(concurrent ${tests})
  list(FILTER concurrent INCLUDE REGEX "_concurrency_test\\.cpp$")
  set(beside ${tests})
  list(FILTER beside INCLUDE REGEX "_server_test\\.cpp$")
  list(REMOVE_ITEM tests ${slow} ${concurrent} ${beside} "")
  ait_test_program(${name}_test "" ${tests})
  ait_test_program(${name}_slow_test slow ${slow})
  ait_test_program(${name}_concurrency_test concurrency ${concurrent})
  ait_test_program(${name}_server_test servers ${beside})

  file(GLOB benches CONFIGURE_DEPENDS "${dir}/bench/*.cpp")
  if(benches AND NOT AIT_FUZZ AND NOT AIT_SANITIZE)
    add_executable(${name}_bench ${benches})
    target_link_libraries(${name}_bench PRIVATE ${name} ${ROOM_BENCH_NEEDS} ${ROOM_LIBS} benchmark::benchmark)
    ait_place(${name}_bench)
  endif()

  if(AIT_FUZZ)
    file(GLOB fuzzers CONFIGURE_DEPENDS "${dir}/fuzz/*_fuzz.cpp")
    foreach(fuzzer IN LISTS fuzzers)
      get_filename_component(fuzzer_name "${fuzzer}" NAME_WE)
      add_executable(${fuzzer_name} "${fuzzer}")
      target_compile_options(${fuzzer_name} PRIVATE -fsanitize=fuzzer)
      target_link_options(${fuzzer_name} PRIVATE -fsanitize=fuzzer)
      target_link_libraries(${fuzzer_name} PRIVATE ${name})
      add_dependencies(fuzzers ${fuzzer_name})
    endforeach()
  endif()
endfunction()

# Tests and benches run in the root of the tree and know their room by a path from there: an absolute one would be part
# of the compile command, and no two clones could share an object.
function(ait_place program)
  file(RELATIVE_PATH room "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  target_compile_definitions(${program} PRIVATE AIT_SOURCE_DIR="." AIT_ROOM_DIR="${room}")
endfunction()

# One test program of the room that calls it (uses ROOM_* and dir of ait_room).
macro(ait_test_program program label)
  if(NOT "${ARGN}" STREQUAL "" AND NOT AIT_FUZZ)
    add_executable(${program} ${ARGN})
    target_link_libraries(${program} PRIVATE ${name} ${ROOM_TEST_NEEDS} ${ROOM_LIBS} GTest::gmock GTest::gtest_main)
    ait_place(${program})
    gtest_discover_tests(${program} TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120
      WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}" PROPERTIES TIMEOUT 900 LABELS "${label}")
    if("${label}" STREQUAL concurrency)
      add_dependencies(concurrency_tests ${program})
    endif()
  endif()
endmacro()

add_custom_target(concurrency_tests)
add_custom_target(programs)  # aitrading, and aitrading-train where libtorch is
add_custom_target(fuzzers)  # all libFuzzer programs, without the rest of the tree
include(GoogleTest)
if(AIT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()
