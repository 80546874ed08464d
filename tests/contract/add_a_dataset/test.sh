#!/usr/bin/env bash
# test.sh BUILD SOURCE WORK: the files and commands of docs/add-a-dataset.md in an empty folder.
set -euo pipefail
build=$1 source=$2 work=$3
source "$source/tests/support/blocks.sh"
page=$source/docs/add-a-dataset.md
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
command -v python3 >/dev/null || { echo "skipped: no python3 here"; exit 0; }

rm -rf "$work"
mkdir -p "$work/build"
ln -s "$build" "$work/build/release"
cd "$work"
unset AUTODIDACT_DATA
export XDG_CACHE_HOME=$work/cache OMP_NUM_THREADS=1
block "$page" 'python make_pulses.py' >make_pulses.py
mkdir -p my_data/Pulses
block "$page" 'toml my_data/Pulses/card.toml' >my_data/Pulses/card.toml
block "$page" 'toml pulses.toml' >pulses.toml
set -x
eval "$(block_number "$page" sh 1)"  # the path
eval "$(block_number "$page" sh 2)"  # the files
eval "$(block_number "$page" sh 3)" >look.txt
eval "$(block_number "$page" sh 4)" >run.txt
set +x
cat look.txt run.txt
grep -qE '^Pulses +60 +120 +1 +64 +2 +yes' look.txt || fail "list datasets does not show it, with its card"
grep -q 'Public domain' look.txt || fail "show dataset does not know the card"
if grep -q 'notes' look.txt; then fail "files and card of the page do not agree"; fi
digest=$(sed -nE 's/^digest +([0-9a-f]{64}).*/\1/p' look.txt)
[ -n "$digest" ] || fail "show dataset prints no digest"
grep -q "$digest" "$page" || fail "the page shows another digest; now it is $digest"
[ "$(grep -c '^ok ' run.txt)" = 2 ] || fail "not two finished runs"
grep -q 'VQVAE, unigram' run.txt && grep -q 'VQVAE, MaskGIT' run.txt || fail "no rows in the leaderboard"

# One digest whatever the wrapping; another for one changed value.
sed 's/^1\t/1.0\t/' -i my_data/Pulses/Pulses_TRAIN.tsv
autodidact show dataset Pulses --data my_data | grep -q "$digest" || fail "1.0 and 1 are one label"
sed '1s/\t[^\t]*$/\t9/' -i my_data/Pulses/Pulses_TRAIN.tsv
if autodidact show dataset Pulses --data my_data | grep -q "$digest"; then fail "the digest does not see a changed value"; fi
