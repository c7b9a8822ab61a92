#!/bin/sh
# Runs all tests with our own coverage measured, in two processes at once: on two cores that takes half the time.
# Usage: scripts/run_tests.sh PYTHON
set -u
python=$1
log=$(mktemp)
second=
trap 'if [ -n "$second" ]; then kill "$second" 2>/dev/null; fi; rm -f "$log"' EXIT
trap 'exit 130' INT TERM
slow="tests/integration/test_environments.py tests/integration/test_interpreters.py"
"$python" -m coverage run -m pytest -q tests/integration $(printf -- ' --ignore=%s' $slow) >"$log" 2>&1 &
second=$!
status=0
"$python" -m coverage run -m pytest -q tests/unit tests/markers tests/e2e tests/kinds $slow || status=$?
wait "$second" || status=$?
second=
echo "The integration tests, which ran meanwhile:"
cat "$log"
exit "$status"
