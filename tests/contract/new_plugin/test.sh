#!/usr/bin/env bash
# test.sh SOURCE WORK: in a copy of the parts of the tree that scripts/new-plugin reads.
set -euo pipefail
source=$1 work=$2
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
rm -rf "$work"
mkdir -p "$work/framework" "$work/scripts"
cp -r "$source/plugins" "$work/"
cp -r "$source/framework/include" "$work/framework/"
cp "$source/scripts/new-plugin" "$work/scripts/"
cd "$work"

for kind in tokenizer objective prior; do
  name=my_${kind}_2 camel=My${kind^}2
  scripts/new-plugin "$kind" "$name" >said
  [ "$(grep -c '^  ' said)" -ge 3 ] || fail "the next three commands are not said"
  grep -q "run plugins/$kind/$name/default.toml" said || fail "the suite is not named"
  made=plugins/$kind/$name
  if grep -rniE 'uniform_?test|agree_?spread|softmax_?table' "$made"; then fail "$kind: the template's name is left"; fi
  grep -q "name = \"$name\"" "$made/plugin.cpp" || fail "$kind: the descriptor has another name"
  grep -q "TEST.*($camel" "$made/${name}_test.cpp" || fail "$kind: the test has another name"
  if grep -q 'find_package\|project(' "$made/CMakeLists.txt"; then fail "$kind: in the tree it is no project of its own"; fi
  grep -q "^autodidact_add_plugin($name KIND $kind" "$made/CMakeLists.txt" || fail "$kind: CMakeLists.txt"

  # Outside: the same files, and a project.
  scripts/new-plugin "$kind" "$name" "outside $kind" >said 2>&1 && fail "a name that is taken"
  scripts/new-plugin "$kind" "${name}x" "outside $kind" >said
  grep -q "find_package(autodidact REQUIRED)" "outside $kind/CMakeLists.txt" || fail "$kind: outside it is no project"
  grep -qF "outside\\ $kind" said || fail "a folder with a blank is not quoted"
  for file in "$made"/*; do
    case $file in */CMakeLists.txt | */default.toml) continue ;; esac
    base=$(basename "$file")
    cmp <(sed -e "s/$name/${name}x/g" -e "s/$camel/${camel}x/g" "$file") "outside $kind/${base/$name/${name}x}" ||
      fail "$file is another one outside"
  done
done

# refused <text> <arguments...>: exit code 2, the reason, a fix, and nothing made
refused() {
  local wanted=$1 code=0 before
  shift
  before=$(find . | sort)
  scripts/new-plugin "$@" >said 2>&1 || code=$?
  [ "$code" = 2 ] || fail "new-plugin $*: exit code $code, expected 2"
  grep -qF -- "$wanted" said && grep -q '  fix: ' said || { cat said >&2; fail "did not say: $wanted"; }
  [ "$before" = "$(find . | sort)" ] || fail "new-plugin $*: something was made"
}
refused "0 arguments"
refused "'loss' is no kind" loss mine
refused "no name for a plugin" objective My-Loss
refused "no name for a plugin" objective 2fast
refused "no name for a plugin" objective a__b
refused "no name for a plugin" objective ../up
refused "a word of C++" objective namespace
refused "a word of C++" objective std
refused "or of the contract" prior prior
refused "is taken" objective vicreg
refused "is taken" tokenizer uniform elsewhere
mkdir there
refused "there exists" objective mine there
