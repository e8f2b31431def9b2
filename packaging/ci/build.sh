#!/usr/bin/env bash
# Writes the archives of these systems to dist/release/, and the npm package to dist/npm/: build.sh NAME...
set -euo pipefail
cd "$(dirname "$0")/../.."
deno task compile:all "$@"
deno task npm
