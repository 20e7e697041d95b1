#!/usr/bin/env bash
# Every test of Python 3.12, on two cores: those that need the whole house here, the others beside them.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly PYTHON=.venv/bin/python
others=""
folder=$(mktemp -d)
trap 'kill "$others" 2>/dev/null || true; rm -rf "$folder"' EXIT

$PYTHON -m pytest -q -m "not house" --basetemp="$folder/others" >"$folder/said" 2>&1 &
others=$!
failed=0
$PYTHON -m pytest -q -m house --basetemp="$folder/house" || failed=1
printf '%s\n' "▶ ほかの試験が終わるのを待っています（途中の結果: $(tail -c 80 "$folder/said" | tr -d '\n'))"
wait "$others" || failed=1
cat "$folder/said"
exit "$failed"
