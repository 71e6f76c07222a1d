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
diff -r -x __pycache__ -x SHA256SUMS "$here/collectors" "$work/collectors"
(cd "$work/collectors" && sha256sum --quiet -c SHA256SUMS)
echo 'wheel: works outside the checkout'
