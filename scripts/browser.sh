#!/bin/sh
# Install the browser and the Korean font of the browser tests, if they are missing and apt may be used.
# Without them those tests are skipped, and in CI (CI=true) they fail.
set -eu

missing=""
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null 2>&1 && found=yes && break
done
[ "${found:-}" ] || missing="chromium"
fc-list :lang=ko 2>/dev/null | grep -q . || missing="$missing fontconfig fonts-noto-cjk"
[ "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "Browser tests need: $missing. Please install them; the tests are skipped until then." >&2
    exit 0
fi
if [ "$(id -u)" = 0 ]; then
    sudo=""
elif sudo -n true 2>/dev/null; then
    sudo="sudo -n"
else
    echo "Browser tests need: $missing. Please run: sudo apt-get install $missing" >&2
    exit 0
fi
$sudo apt-get update -qq || true
# shellcheck disable=SC2086 -- a list of packages
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -qq -y --no-install-recommends $missing >/dev/null ||
    echo "Could not install: $missing. The browser tests are skipped." >&2
