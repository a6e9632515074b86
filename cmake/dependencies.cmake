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
