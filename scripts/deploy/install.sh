#!/bin/sh
# Installs Jiexu from this folder, without a network.     从本文件夹离线安装街序。
#
#   ./install.sh [FOLDER]      for yourself; by default into ~/jiexu       为自己安装，默认 ~/jiexu
#   sudo ./install.sh --system as a service of this computer: /opt/jiexu, user jiexu, systemd units
#                              安装为本机服务：/opt/jiexu、用户 jiexu、systemd 单元
#
# PYTHON=/path/to/python3.11 ./install.sh names the Python. A newer bundle's install.sh upgrades: studies stay as they
# are, and the version before stays too. Running it once more changes nothing.
# DESTDIR=/somewhere ./install.sh --system puts all files below that folder, for packagers: no user, no systemctl, no root.
# 用 PYTHON=… 指定 Python。运行新版本包的 install.sh 即升级：研究数据不变，并保留上一版本；重复运行不会改变任何内容。
#
# Exit status: 0 done, 1 failed, 2 wrong arguments, 3 wrong Python or platform, 4 this folder is damaged.
set -eu
umask 022

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
marker='# Made by install.sh of Jiexu.'

say() { printf '%s\n' "$@" >&2; }
fail() { # STATUS SENTENCE …
  status=$1
  shift
  say "$@"
  exit "$status"
}

system=no
home=
root=${DESTDIR:-}
for word in "$@"; do
  case $word in
    --system) system=yes ;;
    -h | --help)
      sed -n '2,13s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    -*) fail 2 "Unknown option: $word (./install.sh --help)" "未知选项：$word（./install.sh --help）" ;;
    '') fail 2 "The folder's name is empty." "文件夹名为空。" ;;
    *)
      [ -z "$home" ] || fail 2 "Give one folder." "只能给出一个文件夹。"
      home=$word
      ;;
  esac
done
if [ $system = yes ]; then
  [ -z "$home" ] || fail 2 "--system installs into /opt/jiexu: give no folder." "--system 安装到 /opt/jiexu，不能再给文件夹。"
  [ -n "$root" ] || [ "$(id -u)" = 0 ] || fail 2 "--system needs root: sudo ./install.sh --system" "--system 需要 root：sudo ./install.sh --system"
  home=$root/opt/jiexu
fi
[ -n "$home" ] || home=${HOME:?}/jiexu
case $home in /*) ;; *) home=$PWD/$home ;; esac

# 1. Is this folder whole?
damaged() {
  say "This folder is not as it was packed: $1. Unpack the archive again, or copy it anew." \
    "安装包已损坏：$1。请重新解压，或重新复制安装包。"
  exit 4
}
sum() { if command -v sha256sum >/dev/null 2>&1; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }
cd "$here"
[ -f SHA256SUMS ] || damaged "SHA256SUMS"
command -v sha256sum >/dev/null 2>&1 || command -v shasum >/dev/null 2>&1 ||
  fail 1 "sha256sum is missing (coreutils)." "缺少 sha256sum（coreutils）。"
sums=$(LC_ALL=C sum -c SHA256SUMS 2>/dev/null) ||
  damaged "$(printf '%s\n' "$sums" | sed -n 's/: FAILED.*//p' | head -n 3 | tr '\n' ' ' | sed 's/ $//')"
. ./target.env

# 2. A Python that the wheels are for
suits() { # PYTHON: tells on standard output why it does not
  "$1" -I - "$PYTHONS" "$PLATFORM" "$GLIBC" "$system" <<'PYTHON'
import platform, re, sys, sysconfig
pythons, wanted, glibc, service = sys.argv[1].split(), sys.argv[2], sys.argv[3], sys.argv[4] == "yes"
def numbers(text):
    return [int(each) for each in text.split(".") if each.isdigit()]
own = "%d.%d" % sys.version_info[:2]
here = re.sub("[-.]", "_", sysconfig.get_platform())
if platform.python_implementation() != "CPython" or own not in pythons:
    print("%s %s" % (platform.python_implementation().replace("CPython", "Python"), own))
elif sysconfig.get_config_var("Py_GIL_DISABLED"):
    print("Python %st" % own)
elif here != wanted:
    print(here)
elif wanted.startswith("linux") and (platform.libc_ver()[0] != "glibc" or numbers(platform.libc_ver()[1]) < numbers(glibc)):
    print(("%s %s" % (platform.libc_ver()[0] or "musl", platform.libc_ver()[1])).strip())
elif service and re.match("/(root|home)/", sys.base_prefix + "/"):
    print("%s (a service sees no home folders; 服务无法访问用户主目录)" % sys.base_prefix)
PYTHON
}
python=
found=
try() {
  [ -z "$python" ] && command -v "$1" >/dev/null 2>&1 || return 0
  why=$(suits "$1" 2>/dev/null) || return 0
  if [ -z "$why" ]; then python=$1; else found="$found $1: $why;"; fi
}
if [ -n "${PYTHON:-}" ]; then
  try "$PYTHON"
else
  for each in $PYTHONS; do try "python$each"; done
  try python3
  [ -n "$python" ] || try /usr/bin/python3
fi
if [ -z "$python" ]; then
  needs="Python $(printf '%s' "$PYTHONS" | sed 's/ /, /g'), $PLATFORM"
  case $PLATFORM in linux*) needs="$needs, glibc >= $GLIBC" ;; esac
  fail 3 "This bundle is for: $needs." \
    "Found here:${found:- no Python 3 that runs;}" \
    "Name another Python with PYTHON=/path/to/python3 ./install.sh, or have a bundle made for this computer (docs/guide/server.md)." \
    "本安装包适用于：$needs。" \
    "本机：${found:- 没有可运行的 Python 3;}" \
    "请用 PYTHON=/路径/python3 ./install.sh 指定其他 Python，或为本机另行打包（见 docs/guide/server.md）。"
fi

# 3. The version's folder: made aside, so that a running server keeps its own until it is restarted
if [ -e "$home/bin/jiexu" ] && ! grep -qF "$marker" "$home/bin/jiexu" 2>/dev/null; then
  fail 2 "$home/bin/jiexu is not of this installer: choose another folder." "$home/bin/jiexu 不是本安装程序所建，请换一个文件夹。"
fi
mkdir -p -- "$home/bin" "$home/versions" || fail 1 "No folder can be made at $home." "无法在 $home 建立文件夹。"
home=$(CDPATH='' cd -- "$home" && pwd -P)
name=$VERSION-$(sum SHA256SUMS | cut -c 1-8)
target=$home/versions/$name
before=
[ ! -L "$home/current" ] || before=$(basename -- "$(readlink -- "$home/current")")

if [ -f "$target/complete" ] && "$target/bin/jiexu" --version >/dev/null 2>&1; then
  say "Jiexu $VERSION is installed in $home already." "街序 $VERSION 已安装在 $home。"
else
  say "Installing Jiexu $VERSION into $home (a minute) …" "正在将街序 $VERSION 安装到 $home（约一分钟）…"
  rm -rf -- "$target"
  "$python" -I -m venv --without-pip "$target" || fail 1 "The virtual environment cannot be made." "无法建立虚拟环境。"
  # the bundle's own pip: Debian's Python has none. Nothing but this folder is looked at, and each wheel has its hash
  pip() {
    "$target/bin/python" -I "$here/wheels/$PIP/pip" --isolated --disable-pip-version-check --quiet \
      install --no-index --no-cache-dir --no-deps "$@"
  }
  pip --find-links "$here/wheels" --only-binary :all: --require-hashes -r "$here/requirements.lock" &&
    pip "$here/wheels/$OWN" &&
    "$target/bin/jiexu" --version >/dev/null ||
    fail 1 "The installation has failed; a version that was there still stands." "安装失败；原有版本未受影响。"
  : >"$target/complete"
fi

cat >"$home/bin/jiexu.part" <<LAUNCHER
#!/bin/sh
$marker
home=\$(dirname -- "\$(dirname -- "\$(readlink -f -- "\$0")")")
exec "\$(readlink -f -- "\$home/current")/bin/jiexu" "\$@"
LAUNCHER
chmod 755 "$home/bin/jiexu.part"
mv -f -- "$home/bin/jiexu.part" "$home/bin/jiexu"
ln -sfn -- "versions/$name" "$home/current"

# the version before stays, to go back to; older ones leave
if [ "$before" != "$name" ]; then
  for old in "$home/versions"/*; do
    case ${old##*/} in "$name" | "$before") ;; *) rm -rf -- "$old" ;; esac
  done
fi

# 4. The service
if [ $system = yes ]; then
  owner=
  if [ -z "$root" ]; then
    id jiexu >/dev/null 2>&1 ||
      useradd --system --user-group --home-dir /var/lib/jiexu --no-create-home --shell /usr/sbin/nologin jiexu ||
      fail 1 "The user jiexu cannot be made." "无法建立用户 jiexu。"
    owner="-o jiexu -g jiexu"
  fi
  for folder in /var/lib/jiexu /var/lib/jiexu/studies /var/backups/jiexu; do
    # shellcheck disable=SC2086 # two options, or none
    [ -d "$root$folder" ] || install -d $owner -m 0700 "$root$folder"
  done
  mkdir -p "$root/etc/systemd/system" "$root/etc/jiexu" "$root/usr/local/bin"
  cp "$here/jiexu.service" "$here/jiexu-backup.service" "$here/jiexu-backup.timer" "$root/etc/systemd/system/"
  ln -sfn /opt/jiexu/bin/jiexu "$root/usr/local/bin/jiexu"
  if [ -z "$root" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
  say "" "Next (docs/guide/server.md):" "接下来（见 docs/guide/server.md）：" \
    "  sudo -u jiexu jiexu users add NAME --role administrator --folder /var/lib/jiexu/studies" \
    "  sudo systemctl enable --now jiexu.service jiexu-backup.timer"
  [ -z "$before" ] || say "  sudo systemctl restart jiexu.service"
else
  [ -d "$home/studies" ] || mkdir -m 700 -- "$home/studies"
  say "" "Next (docs/guide/server.md):" "接下来（见 docs/guide/server.md）：" \
    "  '$home/bin/jiexu' serve    # the sample, on this computer; 示例，仅本机" \
    "  '$home/bin/jiexu' users add NAME --role administrator --folder '$home/studies'" \
    "  '$home/bin/jiexu' serve '$home/studies' --host 0.0.0.0 --no-browser" \
    "  sudo ./install.sh --system    # as a service, with systemd; 安装为服务"
fi
