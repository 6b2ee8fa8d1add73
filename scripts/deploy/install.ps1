# Installs Jiexu from this folder on Windows, without a network.     在 Windows 上离线安装街序。
#   powershell -ExecutionPolicy Bypass -File install.ps1 [-Folder D:\jiexu] [-Python C:\Python311\python.exe]
# UNTRIED: written without a Windows to run it on. Each line says what it does, so that you can type them one by one.
# The file begins with a byte order mark: PowerShell 5 would take its Chinese for another encoding.
# 未经实测：编写时没有 Windows 环境；每行都有说明，可逐行手工执行。
param([string]$Folder = "$env:USERPROFILE\jiexu", [string]$Python = "python")
$ErrorActionPreference = "Stop"
# 1. What the bundle is for: VERSION, PYTHONS, PLATFORM, OWN, PIP.
$for = @{}; Get-Content "$PSScriptRoot\target.env" | ForEach-Object { $key, $value = $_.Split("=", 2); $for[$key] = $value.Trim('"') }
# 2. Each file is as it was packed.
Get-Content -Encoding UTF8 "$PSScriptRoot\SHA256SUMS" | ForEach-Object { $sum, $name = $_ -split "  ", 2; if ((Get-FileHash -LiteralPath "$PSScriptRoot\$name").Hash -ne $sum) { throw "Damaged 已损坏: $name" } }
# 3. This Python is one that the wheels are for: 64 bits, and one of the minor versions.
$has = & $Python -I -c "import sys, sysconfig; print('%d.%d' % sys.version_info[:2], sysconfig.get_platform().replace('-', '_'))"
if (-not (($for.PYTHONS.Split(" ") | ForEach-Object { "$_ $($for.PLATFORM)" }) -contains $has)) { throw "This bundle is for Python $($for.PYTHONS), $($for.PLATFORM); found $has. 本安装包适用于 Python $($for.PYTHONS)；本机为 $has。" }
# 4. A virtual environment of this version; one that is there from a run before is made anew.
$venv = "$Folder\versions\$($for.VERSION)"; & $Python -I -m venv --clear --without-pip $venv; if ($LASTEXITCODE) { throw "venv" }
# 5. The wheels, by the bundle's own pip: from this folder alone, each by its hash.
$pip = @("-I", "$PSScriptRoot\wheels\$($for.PIP)\pip", "--isolated", "--quiet", "install", "--no-index", "--no-deps")
& "$venv\Scripts\python.exe" @pip --find-links "$PSScriptRoot\wheels" --require-hashes -r "$PSScriptRoot\requirements.lock"; if ($LASTEXITCODE) { throw "pip" }
# 6. Jiexu itself.
& "$venv\Scripts\python.exe" @pip "$PSScriptRoot\wheels\$($for.OWN)"; if ($LASTEXITCODE) { throw "pip" }
# 7. The launcher jiexu.cmd, and a folder for studies where there is none.
Set-Content -Encoding ASCII "$Folder\jiexu.cmd" "@`"%~dp0versions\$($for.VERSION)\Scripts\jiexu.exe`" %*"
New-Item -ItemType Directory -Force "$Folder\studies" | Out-Null
Write-Host "Done 完成: $Folder\jiexu.cmd serve    (docs\guide\windows.md)"
