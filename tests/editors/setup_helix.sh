#!/usr/bin/env bash
# Unpacks the Helix of Debian trixie, and a tmux to play it in, into a folder of their own.
#
# The folder is $GREENLINE_EDITORS, else ~/.cache/greenline-editors; one that is there already is left alone.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/debian_packages.sh"

folder=$editors/helix
mkdir -p "$editors"
if works "$folder/hx" && [ -x "$folder/tmux" ]; then
    echo "helix: there already"
else
    unpack trixie "$folder" hx tmux ncurses-base
    on_own_libraries "$folder" "$folder/root/usr/lib/hx/hx"
    on_own_libraries "$folder" "$folder/root/usr/bin/tmux"
    terminfo=$(find "$folder/root" -type d -name terminfo | tr '\n' ':')
    cat >"$folder/tmux" <<RUN
#!/bin/sh
TERMINFO_DIRS="$terminfo" exec "$folder/root/usr/bin/tmux" -u "\$@"
RUN
    chmod +x "$folder/tmux"
    cat >"$folder/hx" <<RUN
#!/bin/sh
HELIX_RUNTIME="$folder/root/usr/lib/hx/runtime" exec "$folder/root/usr/lib/hx/hx" "\$@"
RUN
    chmod +x "$folder/hx"
fi
echo "helix: $("$folder/hx" --version | head -n 1)"
