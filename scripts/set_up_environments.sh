#!/bin/sh
# Gets what tests/integration/test_environments.py builds environments of, so that it needs no network: uv, and the locked
# packages in a cache of uv's own; and makes the environment of the examples in examples/kinds, and that of real test suites.
# All in .venv/environments.
set -eu

python=.venv/bin/python
folder=.venv/environments
export UV_CACHE_DIR="$PWD/$folder/cache"

rm -rf "$folder"
mkdir -p "$folder"
echo "Setting up $folder ..."
if command -v uv >/dev/null 2>&1; then
    ln -s "$(command -v uv)" "$folder/uv"
else
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes --target "$folder/tool" \
        -r requirements/uv.txt
    ln -s tool/bin/uv "$folder/uv"
fi

# What is installed here once, uv installs from its cache in no time.
for name in environments environments-pytest7 environments-pytest9; do
    "$folder/uv" venv --quiet --python "$python" "$folder/first"
    "$folder/uv" pip install --quiet --python "$folder/first/bin/python" --require-hashes -r "requirements/$name.txt"
    rm -rf "$folder/first"
done

"$folder/uv" venv --quiet --python "$python" "$folder/kinds"
"$folder/uv" pip install --quiet --python "$folder/kinds/bin/python" --require-hashes -r requirements/kinds.txt

# What tests/e2e/test_installing_the_sdk.py installs: the wheels as they are, for a server that has only these.
"$folder/uv" venv --quiet --seed --python "$python" "$folder/first"
"$folder/first/bin/python" -m pip download --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
    --dest "$folder/model-sdk" -r requirements/model.txt
rm -rf "$folder/first"

sh scripts/set_up_subjects.sh
