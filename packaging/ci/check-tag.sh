#!/usr/bin/env bash
# Ends with 1 unless the tag is the version of deno.json and CHANGELOG.md tells of it: check-tag.sh v1.2.3
set -euo pipefail
cd "$(dirname "$0")/../.."
tag=${1:?usage: check-tag.sh TAG}
version=$(node -p 'JSON.parse(fs.readFileSync("deno.json", "utf8")).version')
if [ "$tag" != "v$version" ]; then
  echo "The tag is $tag, and deno.json says $version: set the version, or tag v$version." >&2
  exit 1
fi
if ! grep -qE "^## \[?$(printf '%s' "$version" | sed 's/[.]/[.]/g')\]?( |$)" CHANGELOG.md; then
  echo "CHANGELOG.md has no section \"## $version\": name its Unreleased section so." >&2
  exit 1
fi
