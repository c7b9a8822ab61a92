#!/bin/sh
# Gets the real test suites that tests/integration/test_merge_real.py adds to, and the formatters that new tests are
# written with, all into .venv/environments/subjects: those tests need no network.
set -eu

python=.venv/bin/python
uv=.venv/environments/uv
folder=.venv/environments/subjects
export UV_CACHE_DIR="$PWD/.venv/environments/cache"

rm -rf "$folder"
mkdir -p "$folder/sdists" "$folder/unpacked"
"$uv" venv --quiet --python "$python" "$folder/venv"
"$uv" pip install --quiet --python "$folder/venv/bin/python" --require-hashes -r requirements/subjects.txt
# Wheels have no tests in them. Only these are fetched as sources: what builds them may be a wheel.
names=$(sed -n 's/^\([a-z-]*\)==.*/\1/p' requirements/subjects-sdists.txt | paste -sd, -)
"$folder/venv/bin/python" -m pip download --quiet --disable-pip-version-check --require-hashes --no-deps --no-binary "$names" \
    --dest "$folder/sdists" -r requirements/subjects-sdists.txt
for archive in "$folder"/sdists/*.tar.gz; do
    tar -xzf "$archive" -C "$folder/unpacked"
done
