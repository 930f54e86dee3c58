#!/bin/sh
# Installs the npm packages of a peer and prints the folder that they and its scripts lie in.
#
#   tests/peers/npm.sh NAME
#
# The packages are those of tests/peers/NAME/package-lock.json, with their hashes. They are
# installed below the target folder, without running their scripts, and again when the lock file or
# a script of the peer changes.
set -eu

name=${1:?usage: tests/peers/npm.sh NAME}
case $name in
    *[!a-z0-9_-]*) echo "not the name of a peer: $name" >&2; exit 2 ;;
esac
root=$(cd "$(dirname "$0")/../.." && pwd)
peer=$root/tests/peers/$name
folder=${CARGO_TARGET_DIR:-$root/target}/peers
installed=$folder/$name
stamp=$installed/installed.lock

mkdir -p "$folder"
# Tests run side by side, and only one of them may install.
exec 9>"$folder/$name.lock"
flock 9
if ! cmp -s "$peer/package-lock.json" "$stamp"; then
    rm -rf "$installed"
    mkdir -p "$installed"
    cp "$peer/package.json" "$peer/package-lock.json" "$installed"
    node=$("$(dirname "$0")/node.sh")
    npm=$(dirname "$node")/../lib/node_modules/npm/bin/npm-cli.js
    (cd "$installed" && "$node" "$npm" ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >&2)
    cp "$peer/package-lock.json" "$stamp"
fi
for script in "$peer"/*.mjs; do
    cmp -s "$script" "$installed/$(basename "$script")" || cp "$script" "$installed"
done
echo "$installed"
