#!/bin/sh
# Build the wheel, install it into a clean environment outside the checkout, judge a sample.
set -eu
python=$1
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m pip wheel --quiet --no-deps --wheel-dir "$work" "$here"
"$python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet "$work"/kube_evidence-*.whl
cd "$work"
"$work/venv/bin/kube-evidence" analyze "$here/samples/bundles" --benchmark cis-1.12 -o "$work/report"
"$work/venv/bin/kube-evidence" collector --write "$work/collectors"
cmp "$here/collectors/node.sh" "$work/collectors/node.sh"
cmp "$here/collectors/api.py" "$work/collectors/api.py"
echo 'wheel: works outside the checkout'
