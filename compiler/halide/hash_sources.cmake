# Writes OUTPUT: the version of Halide, and one hash of all sources in FOLDER and its rooms, and of the files MORE.
file(GLOB_RECURSE sources ${FOLDER}/*.cpp ${FOLDER}/*.h)
list(APPEND sources ${MORE})
list(SORT sources)
set(hashes "")
foreach(source ${sources})
  file(SHA256 ${source} hash)
  string(APPEND hashes ${hash})
endforeach()
string(SHA256 all "${hashes}")
file(WRITE ${OUTPUT} "#pragma once
inline constexpr char halide_version[] = \"${HALIDE}\";
inline constexpr char halide_sources_hash[] = \"${all}\";
")
