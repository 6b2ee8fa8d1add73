#!/usr/bin/env bash
# What tests need from Debian: Chromium and fonts with Chinese letters; with `slow`, what slow tests need besides
# (an environment of their own to install the wheel into, a network of their own, certificates).
set -euo pipefail

have_chromium() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; }
have_font() { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh family 2>/dev/null)" ]; }
have_venv() { python3 -c 'import ensurepip' 2>/dev/null; }

packages=()
have_chromium || packages+=(chromium)
have_font || packages+=(fonts-noto-cjk fontconfig)
if [ "${1:-}" = slow ]; then
  have_venv || packages+=(python3-venv)
  command -v ip >/dev/null 2>&1 || packages+=(iproute2)
  command -v openssl >/dev/null 2>&1 || packages+=(openssl)
fi

if [ ${#packages[@]} = 0 ]; then exit 0; fi
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "Installing ${packages[*]} for the tests …" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
else
  echo "Missing: ${packages[*]}; the tests that need them will be skipped." >&2
  echo "Debian, Ubuntu: sudo apt-get install ${packages[*]}" >&2
  echo "缺少以上软件包，相关测试将跳过。" >&2
fi
