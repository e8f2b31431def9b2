#!/usr/bin/env bash
# Checksums of all archives, the manifests of package managers, and the notes of a release:
# assemble.sh v1.2.3 owner/repository
set -euo pipefail
cd "$(dirname "$0")/../.."
exec deno run --no-prompt --allow-read --allow-write packaging/assemble.ts "$@"
