#!/usr/bin/env bash
# Unpacks the archive of a system and runs what is in it, on that system: smoke.sh NAME
set -euo pipefail
cd "$(dirname "$0")/../.."
name=${1:?usage: smoke.sh NAME}
folder=$PWD/dist/release
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
case $name in
  windows-*) unzip -q "$folder"/llm-proxy-*-"$name".zip ;;
  *) tar -xzf "$folder"/llm-proxy-*-"$name".tar.gz ;;
esac
cd llm-proxy-*
./llm-proxy.exe -version
./llm-proxy.exe init
./llm-proxy.exe check
./llm-proxy.exe demo -once | tee demo.txt
grep -q "Status 200 after 3 attempts" demo.txt
