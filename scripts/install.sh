#!/bin/sh
# Installs a lock file, then this tree as an editable package: install.sh PYTHON LOCKFILE.
# The hashes also cover the build backend, so the tree is built without a fetched environment. Compiling now
# keeps the first start short, also where the environment forbids Python to write what it compiled.
set -eu
python=$1
lock=$2
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
echo "installing $(grep -c '^[a-z0-9]' "$lock") packages into $(dirname "$(dirname "$python")"); this takes a minute or two" >&2
"$python" -m pip install --quiet --require-hashes -r "$lock"
"$python" -m pip install --quiet --no-deps --no-build-isolation --no-index -e .
"$python" -m compileall -q fediunion
