#!/usr/bin/env bash
# What the browser tests need from Debian: Chromium, and fonts with Chinese letters.
set -euo pipefail

have() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; }
have_font() { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh family 2>/dev/null)" ]; }

if have && have_font; then exit 0; fi
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "Installing Chromium and Chinese fonts for the browser tests …" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null
else
  echo "No Chromium, or no Chinese font: the browser tests will be skipped." >&2
  echo "Debian, Ubuntu: sudo apt-get install chromium fonts-noto-cjk" >&2
  echo "缺少 Chromium 或中文字体，浏览器测试将跳过。" >&2
fi
