#!/bin/sh
# Succeeds when Node 20 or newer is there to build the VS Code client; says in one line when it is not.
# In CI (CI=true) the client is not optional; make turns its absence into an error.
set -eu

if command -v npm >/dev/null 2>&1 && node -e 'process.exit(+process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null; then
    exit 0
fi
if [ "${CI:-}" = true ]; then
    echo "Node 20 or newer is missing: the VS Code client cannot be checked, which CI requires." >&2
    exit 1
fi
echo "Node 20 or newer is missing: the VS Code client is skipped." >&2
exit 1
