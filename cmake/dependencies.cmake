# Third-party libraries. Debian's packages are found as usual; the two that Debian lacks lie in AIT_PREFIX, filled by
# `./dev setup` (tools/setup/fetch-libraries).
if(DEFINED ENV{XDG_CACHE_HOME})
  set(_ait_cache "$ENV{XDG_CACHE_HOME}/aitrading")
else()
  set(_ait_cache "$ENV{HOME}/.cache/aitrading")
endif()
set(AIT_PREFIX "${_ait_cache}/prefix" CACHE PATH "LightGBM and DuckDB as fetched by ./dev setup")

find_package(fmt REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(LibLZMA REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(date REQUIRED)
find_package(SQLite3 REQUIRED)
find_library(AIT_RDKAFKA rdkafka REQUIRED)
add_library(ait::rdkafka INTERFACE IMPORTED GLOBAL)
target_link_libraries(ait::rdkafka INTERFACE "${AIT_RDKAFKA}")
find_package(Protobuf 3.21 REQUIRED)
find_package(Boost 1.81 REQUIRED)  # headers only
if(AIT_SANITIZE MATCHES "thread")
  # The thread sanitizer knows no fences. Asio's own locks order its handlers as well.
  set_property(TARGET Boost::headers APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()
find_package(OpenSSL 3.0 REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(tomlplusplus REQUIRED)

# hiredis: Debian's own CMake file names its target differently from release to release.
find_library(AIT_HIREDIS hiredis REQUIRED)
find_path(AIT_HIREDIS_INCLUDE hiredis/hiredis.h REQUIRED)
add_library(ait::hiredis SHARED IMPORTED GLOBAL)
set_target_properties(ait::hiredis PROPERTIES IMPORTED_LOCATION "${AIT_HIREDIS}" INTERFACE_INCLUDE_DIRECTORIES "${AIT_HIREDIS_INCLUDE}")

find_library(AIT_PQXX pqxx REQUIRED)
add_library(ait::pqxx SHARED IMPORTED GLOBAL)
set_target_properties(ait::pqxx PROPERTIES IMPORTED_LOCATION "${AIT_PQXX}")

# Headers only.
find_path(AIT_HNSWLIB_INCLUDE hnswlib/hnswlib.h REQUIRED)
add_library(ait::hnswlib INTERFACE IMPORTED GLOBAL)
target_include_directories(ait::hnswlib SYSTEM INTERFACE "${AIT_HNSWLIB_INCLUDE}")

# Not find_package(gRPC): its config looks for all that a static gRPC would need (c-ares, RE2, pkg-config); ours is shared.
find_program(AIT_GRPC_PLUGIN grpc_cpp_plugin REQUIRED)
add_library(ait::grpc INTERFACE IMPORTED GLOBAL)
foreach(library grpc++ grpc gpr absl_synchronization)  # inline code of grpc++ names the Mutex of the last
  find_library(AIT_LIBRARY_${library} ${library} REQUIRED)
  target_link_libraries(ait::grpc INTERFACE "${AIT_LIBRARY_${library}}")
endforeach()

# The prebuilt libraries carry no soname path: link by full path, with a run path to where they lie.
function(ait_prebuilt target file)
  if(NOT EXISTS "${AIT_PREFIX}/lib/${file}")
    message(FATAL_ERROR "${AIT_PREFIX}/lib/${file} is missing: run ./dev setup")
  endif()
  add_library(${target} SHARED IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES
    IMPORTED_LOCATION "${AIT_PREFIX}/lib/${file}"
    IMPORTED_NO_SONAME ON
    INTERFACE_INCLUDE_DIRECTORIES "${AIT_PREFIX}/include")
endfunction()
ait_prebuilt(ait::lightgbm lib_lightgbm.so)
ait_prebuilt(ait::duckdb libduckdb.so)

# Not find_package(xgboost): Debian's config demands /usr/bin/xgboost, which another package has.
find_library(AIT_XGBOOST xgboost REQUIRED)
add_library(ait::xgboost SHARED IMPORTED GLOBAL)
set_target_properties(ait::xgboost PROPERTIES IMPORTED_LOCATION "${AIT_XGBOOST}")

# Only the trainer of deep nets links libtorch. Not find_package(Torch): it drags Caffe2's own search for protobuf and a
# dozen flags along, of which the two libraries need none. Without it everything but aitrading-train is built.
# Sanitized and fuzzing builds leave it out: libtorch is not instrumented (false reports from its OpenMP and its caches),
# and its headers do not compile under clang in C++20 or later.
if(NOT AIT_SANITIZE AND NOT AIT_FUZZ)
  find_library(AIT_TORCH_CPU torch_cpu)
  find_library(AIT_TORCH_C10 c10)
  find_path(AIT_TORCH_INCLUDE torch/csrc/api/include/torch/torch.h)
endif()
if(AIT_TORCH_CPU AND AIT_TORCH_C10 AND AIT_TORCH_INCLUDE)
  add_library(ait::torch INTERFACE IMPORTED GLOBAL)
  target_include_directories(ait::torch SYSTEM INTERFACE "${AIT_TORCH_INCLUDE}/torch/csrc/api/include")
  target_link_libraries(ait::torch INTERFACE "${AIT_TORCH_CPU}" "${AIT_TORCH_C10}")
elseif(NOT AIT_SANITIZE AND NOT AIT_FUZZ)
  message(WARNING "libtorch is missing: aitrading-train is not built and no net can be trained; run ./dev setup")
endif()
