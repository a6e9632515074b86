# ait_room(NAME [NEEDS room...] [LIBS library...] [TEST_NEEDS room...] [BENCH_NEEDS room...] [DEFINES d...])
#
# One folder of src/ is one room: its own .cpp files become the library NAME, tests/*_test.cpp the test program
# NAME_test, bench/*_bench.cpp the program NAME_bench, fuzz/*_fuzz.cpp one libFuzzer program each.
# A room of headers only becomes an interface library.
function(ait_room name)
  cmake_parse_arguments(ROOM "" "" "NEEDS;LIBS;TEST_NEEDS;BENCH_NEEDS;DEFINES" ${ARGN})
  set(dir "${CMAKE_CURRENT_SOURCE_DIR}")
  file(GLOB sources CONFIGURE_DEPENDS "${dir}/*.cpp" "${dir}/service/*.cpp")
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
  if(tests AND NOT AIT_FUZZ)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${name} ${ROOM_TEST_NEEDS} ${ROOM_LIBS} GTest::gmock GTest::gtest_main)
    target_compile_definitions(${name}_test PRIVATE
      AIT_SOURCE_DIR="${PROJECT_SOURCE_DIR}" AIT_ROOM_DIR="${dir}")
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST
      DISCOVERY_TIMEOUT 120 PROPERTIES TIMEOUT 900)
  endif()

  file(GLOB benches CONFIGURE_DEPENDS "${dir}/bench/*.cpp")
  if(benches AND NOT AIT_FUZZ AND NOT AIT_SANITIZE)
    add_executable(${name}_bench ${benches})
    target_link_libraries(${name}_bench PRIVATE ${name} ${ROOM_BENCH_NEEDS} ${ROOM_LIBS} benchmark::benchmark)
    target_compile_definitions(${name}_bench PRIVATE
      AIT_SOURCE_DIR="${PROJECT_SOURCE_DIR}" AIT_ROOM_DIR="${dir}")
  endif()

  if(AIT_FUZZ)
    file(GLOB fuzzers CONFIGURE_DEPENDS "${dir}/fuzz/*_fuzz.cpp")
    foreach(fuzzer IN LISTS fuzzers)
      get_filename_component(fuzzer_name "${fuzzer}" NAME_WE)
      add_executable(${fuzzer_name} "${fuzzer}")
      target_compile_options(${fuzzer_name} PRIVATE -fsanitize=fuzzer)
      target_link_options(${fuzzer_name} PRIVATE -fsanitize=fuzzer)
      target_link_libraries(${fuzzer_name} PRIVATE ${name})
    endforeach()
  endif()
endfunction()

include(GoogleTest)
if(AIT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined)
  add_link_options(-fsanitize=address,undefined)
endif()
