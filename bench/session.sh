#!/usr/bin/env bash
# A turn on a long session (200 turns with tools, 400 KB) beside one on a new session: time from the
# start of the process to the first byte of its request on the wire, and peak memory. Needs python3.
#
#   cmake --preset release && cmake --build --preset release && bench/session.sh [turns] [bytes]
set -euo pipefail
cd "$(dirname "$0")/.."
exec /usr/bin/env python3 bench/session.py build/release/bin/chela "${1:-200}" "${2:-400000}"
