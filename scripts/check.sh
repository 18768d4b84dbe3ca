#!/usr/bin/env bash
# Everything that must be true before a change goes in: one line for each step, the whole output of a step that fails.
#   --without-tests   for those who have just run them
set -uo pipefail
cd "$(dirname "$0")/.."

tests=yes
for argument in "$@"; do
  case $argument in
    --without-tests) tests=no ;;
    *) echo "usage: check.sh [--without-tests]" >&2; exit 2 ;;
  esac
done

failed=()
output=$(mktemp)
trap 'rm -f "$output"' EXIT

step() {
  local name=$1 began=$SECONDS
  shift
  if "$@" >"$output" 2>&1; then
    printf 'ok    %-22s %3ss\n' "$name" $((SECONDS - began))
  else
    printf 'FAIL  %-22s %3ss\n' "$name" $((SECONDS - began))
    cat "$output"
    failed+=("$name")
  fi
}

generated=(schema.graphql migrations/schema.sql docs/settings.md docs/errors.md docs/operations.md docs/command-line.md
  assets/demo/locked.js test/generated)

# A file that is new counts as a difference too.
generated_files() {
  npm run --silent generate || return 1
  [[ -z $(git status --porcelain --untracked-files=all -- "${generated[@]}") ]] && return 0
  echo "Generated files differ from what is committed. Look at them, and commit them:"
  git status --short --untracked-files=all -- "${generated[@]}"
  git --no-pager diff -- "${generated[@]}"
  return 1
}

# A registry that does not answer is no finding.
audit() {
  local began=$SECONDS answer
  answer=$(npm audit --omit=dev --audit-level=moderate --json 2>/dev/null)
  local code=$?
  if ! grep -q '"vulnerabilities"' <<<"$answer"; then
    printf 'skip  %-22s %3ss  (the registry does not answer audits)\n' audit $((SECONDS - began))
  elif [[ $code == 0 ]]; then
    printf 'ok    %-22s %3ss\n' audit $((SECONDS - began))
  else
    printf 'FAIL  %-22s %3ss\n' audit $((SECONDS - began))
    npm audit --omit=dev --audit-level=moderate 2>/dev/null
    failed+=(audit)
  fi
}

step types npm run --silent types
step lint npm run --silent lint
step format npx prettier --check --log-level warn .
step rooms node scripts/run-pure-tests.mjs test/pure/import-direction test/pure/house
step generated generated_files
step dependencies node scripts/check-dependencies.mjs
audit
[[ $tests == yes ]] && step tests npm test

if ((${#failed[@]})); then
  echo "failed: ${failed[*]}"
  exit 1
fi
echo "all good"
