#!/bin/sh
# Makes .venv with the locked versions and this project in it; uv where it is installed, else venv and pip.
# PYTHON=/path/to/python3.12 chooses another Python than the first one that fits.
set -eu

requirements=requirements/dev.txt
python=.venv/bin/python

missing() {
    echo "$1" >&2
    exit 1
}

fits() {
    "$1" -c 'import sys; raise SystemExit(sys.version_info < (3, 10))' >/dev/null 2>&1
}

find_python() {
    for name in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.10 python; do
        if command -v "$name" >/dev/null 2>&1 && fits "$name"; then
            command -v "$name"
            return
        fi
    done
}

if [ -n "${PYTHON:-}" ] && ! fits "$PYTHON"; then
    missing "PYTHON=$PYTHON is no Python 3.10 or newer that runs; name another one, or leave PYTHON unset."
fi

if [ -e .venv ] && ! fits "$python"; then
    rm -rf .venv
fi

if command -v uv >/dev/null 2>&1; then
    found=$(find_python)
    echo "Setting up .venv with uv ..."
    [ -x "$python" ] || uv venv --quiet --python "${found:->=3.10}" .venv ||
        missing "Python 3.10 or newer is missing, and uv could not get one; install it and try again."
    # the project is built by the locked build tools that are installed just before
    uv pip install --quiet --python "$python" --require-hashes -r "$requirements"
    uv pip install --quiet --python "$python" --no-deps --no-build-isolation -e .
else
    found=$(find_python)
    [ -n "$found" ] || missing "Python 3.10 or newer is missing: install it, or uv (https://docs.astral.sh/uv/), which brings it."
    "$found" -c 'import venv, ensurepip' 2>/dev/null ||
        missing "$found has no venv module; install it (on Debian and Ubuntu: apt install python3-venv), or install uv."
    echo "Setting up .venv with $found ..."
    [ -x "$python" ] && "$python" -m pip --version >/dev/null 2>&1 || { rm -rf .venv; "$found" -m venv .venv; }
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$requirements"
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
fi
