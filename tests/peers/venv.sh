#!/bin/sh
# Makes the Python environment of a peer and prints the path of its interpreter.
#
#   tests/peers/venv.sh NAME
#
# The packages are those of tests/peers/NAME/requirements.txt, with their hashes. The environment
# lies below the target folder and is made again when the requirements change.
set -eu

name=${1:?usage: tests/peers/venv.sh NAME}
case $name in
    *[!a-z0-9_-]*) echo "not the name of a peer: $name" >&2; exit 2 ;;
esac
root=$(cd "$(dirname "$0")/../.." && pwd)
requirements=$root/tests/peers/$name/requirements.txt
folder=${CARGO_TARGET_DIR:-$root/target}/peers
venv=$folder/$name
stamp=$venv/requirements.installed

mkdir -p "$folder"
# Tests run side by side, and only one of them may make the environment.
exec 9>"$folder/$name.lock"
flock 9
if ! cmp -s "$requirements" "$stamp"; then
    rm -rf "$venv"
    python3 -m venv "$venv" >&2
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        --only-binary :all: --require-hashes --requirement "$requirements" >&2
    cp "$requirements" "$stamp"
fi
echo "$venv/bin/python"
