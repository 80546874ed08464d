#!/usr/bin/env bash
# test.sh BUILD SOURCE WORK: no README is stale; and one that is stale is named, with the command that mends it.
set -euo pipefail
build=$1 source=$2 work=$3
export AUTODIDACT=$build/autodidact XDG_CACHE_HOME=$work/cache
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
rm -rf "$work"
mkdir -p "$work"
"$source/scripts/plugin-readmes" --check

# refused <text> <arguments...>: fails, and says so
refused() {
  local wanted=$1
  shift
  if "$source/scripts/plugin-readmes" "$@" >"$work/log" 2>&1; then fail "took it: $*"; fi
  grep -qF -- "$wanted" "$work/log" || { cat "$work/log" >&2; fail "did not say: $wanted"; }
}
cp -r "$source/plugins/prior/unigram" "$work/unigram"
readme=$work/unigram/README.md
sed -i 's/| `1.0` |/| `2.0` |/' "$readme"
refused "unigram/README.md" --check "$work/unigram"
refused "scripts/plugin-readmes" --check "$work/unigram"
cmp -s "$readme" "$source/plugins/prior/unigram/README.md" && fail "--check wrote"
"$source/scripts/plugin-readmes" "$work/unigram" | grep -qF unigram/README.md || fail "the mended README is not named"
cmp "$readme" "$source/plugins/prior/unigram/README.md"

sed -i '/^<!-- end of parameters -->$/d' "$readme"
refused "does not have the lines" "$work/unigram"
rm "$readme"
refused "was not found" --check "$work/unigram"
