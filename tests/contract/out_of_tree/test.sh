#!/usr/bin/env bash
# test.sh BUILD SOURCE WORK: from an installed Autodidact, and nothing else, to rows of a leaderboard. The objective is the one
# of docs/add-an-objective.md, by the commands of that page; tokenizer and prior are the templates as they come.
set -euo pipefail
build=$1 source=$2 work=$3
source "$source/tests/support/blocks.sh"
page=$source/docs/add-an-objective.md

fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
step() { printf '== %s (%s s)\n' "$1" "$SECONDS"; }
# quietly <command...>: its output only if it fails
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "$*"; }; }

if [ -n "${CCACHE:-}" ]; then
  CCACHE_DIR=$("$CCACHE" --get-config cache_dir)
  export CCACHE_DIR CMAKE_CXX_COMPILER_LAUNCHER=$CCACHE CCACHE_BASEDIR=$work CCACHE_NOHASHDIR=1
fi
unset AUTODIDACT_HOME AUTODIDACT_PLUGINS AUTODIDACT_DATA XDG_CACHE_HOME CMAKE_PREFIX_PATH Torch_DIR
export HOME=$work CMAKE_GENERATOR=Ninja OMP_NUM_THREADS=1
rm -rf "$work"
mkdir -p "$work"
cd "$work"
prefix=$work/autodidact
step "install"
quietly cmake --install "$build" --prefix "$prefix"

# Install moves bytes and changes none: equal digests in the build tree and after install.
cmp "$build/autodidact" "$prefix/bin/autodidact"
cmp "$build/lib/libautodidact_engine.so" "$prefix/lib/libautodidact_engine.so"

# same_files <what> <folder> <folder>: the same names in both
same_files() { diff <(cd "$2" && find . -type f -name "$4" | sort) <(cd "$3" && find . -type f -name "$4" | sort) || fail "$1"; }
step "what is in it"
same_files "headers" "$source/framework/include" "$prefix/include" '*.hpp'
same_files "suites and profiles" "$source/benchmarks" "$prefix/share/autodidact/benchmarks" '*.toml'
same_files "dataset cards" "$source/datasets" "$prefix/share/autodidact/datasets" '*.toml'
same_files "pages" "$source/docs" "$prefix/share/doc/autodidact/docs" '*.md'
find "$prefix/share/doc/autodidact" -name '*.md' | while read -r from; do
  { grep -oE '\]\([^)#: ]+[)#]' "$from" || true; } | sed 's/^](//; s/.$//' | while read -r link; do
    if [ ! -e "$(dirname "$from")/$link" ]; then echo "${from#"$prefix/"}: $link"; fi
  done
done >broken
[ ! -s broken ] || fail "links of installed pages lead nowhere: $(cat broken)"
diff <(cd "$build/plugins" && ls ./*.so) <(cd "$prefix/lib/autodidact/plugins" && ls ./*.so) || fail "plugins"
for file in share/autodidact/LICENSE share/autodidact/vega-licences.txt share/doc/autodidact/README.md lib/libautodidact_api.so \
  lib/cmake/autodidact/autodidactConfig.cmake bin/autodidact-new-plugin; do
  [ -s "$prefix/$file" ] || fail "$file is missing"
done

step "the objective of the page"
eval "$(block_number "$page" 'sh outside' 1)"
block "$page" 'cpp my_loss.cpp' >my_loss/my_loss.cpp
block "$page" 'cpp my_loss_test.cpp' >my_loss/my_loss_test.cpp
block "$page" 'cpp plugin.cpp' >parameters
block "$page" 'cpp descriptor' >descriptor
awk '/^constexpr ParamSpec kParams/ { while ((getline line <"parameters") > 0) print line; skip = 1 }
     !skip { print } /^};/ { skip = 0 }' my_loss/plugin.cpp >plugin.cpp
while read -r line; do
  grep -q "^ *${line%% =*} =" plugin.cpp || fail "plugin.cpp has no line '${line%% =*}'"
  awk -v key="${line%% =*}" -v line="    $line" '$1 == key { print line; next } { print }' plugin.cpp >my_loss/plugin.cpp
  cp my_loss/plugin.cpp plugin.cpp
done <descriptor
lines=$(cat my_loss/my_loss.cpp my_loss/my_loss_test.cpp parameters descriptor | wc -l)
[ "$lines" -lt 80 ] || fail "the author of the page writes $lines lines; expected under 80"
grep -q "test: $lines lines" "$page" || fail "the page does not say that its author writes $lines lines"
eval "$(block_number "$page" 'sh outside' 2)" >objective.log 2>&1 || { cat objective.log >&2; fail "the commands of $page"; }
grep -q '100% tests passed' objective.log || fail "its own test did not run"
grep -q 'learns' objective.log || fail "plugin check did not look whether it learns"
autodidact leaderboard my_loss/runs >board.txt
cat board.txt
grep -q 'my_loss' board.txt && grep -q 'control' board.txt || fail "no row in the leaderboard"

block "$page" 'toml mine.toml' >mine.toml
runs=$(autodidact run mine.toml --plugin-path my_loss/build/plugins --print-config | grep -c '^\[suite\]')
[ "$runs" = 18 ] || fail "the suite of the page has $runs runs, expected 18"

step "found by --plugin-path and by AUTODIDACT_PLUGINS, and only so"
autodidact list plugins >list.txt
grep -q 'vqvae' list.txt || fail "the program does not list its own plugins"
if grep -q 'my_loss\|agree_spread' list.txt; then fail "a plugin that is not in the search path is listed"; fi
autodidact list plugins --plugin-path my_loss/build/plugins | grep -q 'my_loss' || fail "--plugin-path"
AUTODIDACT_PLUGINS=$work/my_loss/build/plugins autodidact list plugins | grep -q 'my_loss' || fail "AUTODIDACT_PLUGINS"
autodidact list suites | grep -q 'smoke' || fail "the suites are not found"

# made <kind> <name>: a template as it comes
made() {
  step "$1 $2"
  quietly autodidact-new-plugin "$1" "$2" "$2"
  quietly cmake -S "$2" -B "$2/build" -DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON  # its test is part of the tree's
  quietly cmake --build "$2/build"
  quietly autodidact plugin check "$2/build/plugins/$1_$2.so"
  grep -qF "$(autodidact show plugin "$2/build/plugins/$1_$2.so" --markdown | tail -n 1)" "$2/README.md" ||
    fail "the README of the template $1 has another table; mend it by scripts/plugin-readmes"
}
made tokenizer my_tokens
made prior my_prior
step "both in one run"
sed -i 's/^prior = "unigram"/prior = "my_prior"/' my_tokens/default.toml
export AUTODIDACT_PLUGINS=$work/my_tokens/build/plugins:$work/my_prior/build/plugins
quietly autodidact run my_tokens/default.toml --out runs
autodidact leaderboard runs | tee board.txt
grep -q 'my_tokens' board.txt || fail "no row in the leaderboard"
step "done"
