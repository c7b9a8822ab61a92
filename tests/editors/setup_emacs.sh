#!/usr/bin/env bash
# Unpacks the Emacs of Debian trixie, which has eglot, into a folder of its own.
#
# The folder is $GREENLINE_EDITORS, else ~/.cache/greenline-editors; one that is there already is left alone.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/debian_packages.sh"

folder=$editors/emacs
mkdir -p "$editors"
if works "$folder/emacs"; then
    echo "emacs: there already"
else
    unpack trixie "$folder" emacs-nox
    on_own_libraries "$folder" "$folder/root/usr/bin/emacs-nox"
    dump=$(find "$folder/root/usr/libexec/emacs" -name '*.pdmp' | head -n 1)
    share=$(dirname "$(find "$folder/root/usr/share/emacs" -maxdepth 2 -name lisp -type d | head -n 1)")
    cat >"$folder/emacs" <<RUN
#!/bin/sh
export EMACSLOADPATH="$share/lisp" EMACSDATA="$share/etc" EMACSDOC="$share/etc" EMACSPATH="$(dirname "$dump")"
exec "$folder/root/usr/bin/emacs-nox" --dump-file "$dump" "\$@"
RUN
    chmod +x "$folder/emacs"
fi
echo "emacs: $("$folder/emacs" --version | head -n 1)"
