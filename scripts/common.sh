# Shared by the scripts here: where things are, how they speak and how they fail. Sourced, never run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
deps=$root/.deps
venv=$deps/venv
build=$root/build/release

say() { printf '%s\n' "$*"; }
step() { printf '[setup] %-22s %s\n' "$1" "$2"; }
# fail "what went wrong" "the way out"
fail() {
  printf '\nerror: %s\n' "$1" >&2
  if [ -n "${2:-}" ]; then printf '  fix: %s\n' "$2" >&2; fi
  exit 1
}

# One compiler for each 1.5 GB of memory, at most one for each core: a source that includes LibTorch needs about 1 GB.
job_count() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable/ { print int($2 / 1572864) }' /proc/meminfo)
  if [ "$memory" -lt 1 ]; then memory=1; fi
  if [ "$memory" -lt "$cores" ]; then echo "$memory"; else echo "$cores"; fi
}

# Ninja runs CMake again by itself when a list file changes, so a tree that was configured once needs no second look,
# unless another LibTorch is asked for or it was configured without tests.
configure() {
  if [ -f "$build/build.ninja" ] && [ -z "${Torch_DIR:-}${CMAKE_PREFIX_PATH:-}" ] &&
    grep -q '^AUTODIDACT_TESTS:BOOL=ON' "$build/CMakeCache.txt"; then return; fi
  say "configuring build/release"
  (cd "$root" && cmake --preset release -DAUTODIDACT_TESTS=ON ${Torch_DIR:+"-DTorch_DIR=$Torch_DIR"} >"$deps/configure.log") ||
    fail "the build tree build/release could not be configured" \
      "read the lines above; a tree left by another compiler or LibTorch is mended by: rm -r build/release"
}

# compile [targets...]
compile() {
  cmake --build "$build" --parallel "$(job_count)" ${1:+--target "$@"} ||
    fail "the build failed" "the first error above names the file; out of memory? then: cmake --build build/release --parallel 1"
}
