#!/bin/sh
# Writes requirements/*.txt, with hashes: lock.sh UV.
set -eu
uv=$1
compile() {
    "$uv" pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-annotate --no-header "$@"
}
compile pyproject.toml --extra postgres --extra build --extra heic --extra dev \
    --output-file requirements/dev.txt
# The same versions in both, so that one environment can serve both.
compile pyproject.toml --extra postgres --extra build --constraint requirements/dev.txt \
    --output-file requirements/runtime.txt
compile requirements/node.in --output-file requirements/node.txt
