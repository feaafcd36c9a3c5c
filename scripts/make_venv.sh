#!/bin/sh
# Makes a virtual environment: make_venv.sh PYTHON FOLDER.
# Debian keeps the venv module's pip in a package of its own, which may be missing.
set -eu
python=$1
folder=$2

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "FediUnion needs Python 3.11 or newer; $python is $("$python" --version 2>&1)." >&2
    exit 1
}
complete() { [ -x "$folder/bin/python" ] && "$folder/bin/python" -m pip --version >/dev/null 2>&1; }

complete && exit 0
rm -rf "$folder"
"$python" -m venv "$folder" >/dev/null 2>&1 && complete && exit 0

rm -rf "$folder"
if command -v apt-get >/dev/null 2>&1 && sudo=$(sh "$(dirname "$0")/root_prefix.sh"); then
    echo "installing python3-venv" >&2
    export DEBIAN_FRONTEND=noninteractive
    # A list that cannot be refreshed may still serve.
    $sudo apt-get update -qq >&2 || true
    if $sudo apt-get install -y -qq --no-install-recommends python3-venv >&2; then
        "$python" -m venv "$folder" && complete && exit 0
        rm -rf "$folder"
    fi
fi

echo "installing virtualenv with pip" >&2
"$python" -m pip install --quiet --user --break-system-packages virtualenv
"$python" -m virtualenv --quiet "$folder"
complete
