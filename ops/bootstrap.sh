#!/usr/bin/env bash
# Make this checkout able to run: uv, Python 3.12 and 3.10, both environments.
# `ops/bootstrap.sh browser` also finds or installs Chromium and Japanese fonts, for the tests.
# Quick when nothing is missing; says what it installs and how long that usually takes.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly UV_VERSION=0.13.8
readonly NEEDED_GB=6

say() { printf '%s\n' "▶ $*"; }
fail() { printf '%s\n' "✖ $*" >&2; exit 1; }

find_uv() {
    UV=$(command -v uv || true)
    if [ -z "$UV" ] && [ -x .tools/bin/uv ]; then UV=$PWD/.tools/bin/uv; fi
    [ -n "$UV" ]
}

install_uv() {
    say "uv（Pythonの道具）を入れます。ふつう10秒ほどです。"
    local python
    python=$(command -v python3) || fail "python3 がありません。「apt-get install python3 python3-venv」のあと、もう一度実行してください。"
    "$python" -m venv .tools >/dev/null 2>&1 ||
        fail "Pythonの仮想環境を作れません。「apt-get install python3-venv」のあと、もう一度実行してください。"
    .tools/bin/python -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION" 2>.tools/pip.log || {
        tail -n 3 .tools/pip.log >&2
        fail "uv を入れられません。ネットワークの設定を確かめるか、uv を入れてからもう一度実行してください。"
    }
    UV=$PWD/.tools/bin/uv
    link_uv
}

# `uv run ask` is for people too: put uv where the shell finds it, when there is such a place.
link_uv() {
    local folder
    for folder in "$HOME/.local/bin" /usr/local/bin; do
        case ":$PATH:" in
        *":$folder:"*)
            if [ -w "$folder" ] && [ ! -e "$folder/uv" ]; then
                ln -sf "$UV" "$folder/uv"
                say "uv コマンドを $folder に置きました。"
                return
            fi
            ;;
        esac
    done
    say "uv コマンドを使うときは、先に次を実行してください: export PATH=\"$PWD/.tools/bin:\$PATH\""
}

# Print a working interpreter of version $1 (3.12): on the PATH, from pyenv, or what uv can get.
find_python() {
    local version=$1 candidate
    for candidate in "python$version" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version".*/bin/python; do
        if "$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$version')" >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    if "$UV" python install --quiet "$version" >/dev/null 2>&1; then
        "$UV" python find --no-project "$version" 2>/dev/null && return
    fi
    return 1
}

# Bring the environment of project $1 (version $2) to its lock file; $3 says how long it takes.
sync_project() {
    local project=$1 version=$2 duration=$3 python
    if [ -x "$project/.venv/bin/python" ] &&
        "$UV" sync --project "$project" --frozen --check --quiet >/dev/null 2>&1; then
        return
    fi
    if [ -x "$project/.venv/bin/python" ]; then
        python=$project/.venv/bin/python
    else
        python=$(find_python "$version") ||
            fail "Python $version が見つかりません。pyenv（pyenv install $version）などで入れてから、もう一度実行してください。"
    fi
    say "Python $version の環境（$project）を整えます。$duration"
    "$UV" sync --project "$project" --frozen --python "$python" --no-progress --quiet ||
        fail "$project の部品を入れられませんでした。上の行を確かめて、もう一度実行してください。"
}

check_disk() {
    local free
    free=$(df -Pk . | awk 'NR == 2 { print int($4 / 1048576) }')
    if [ ! -x bot/.venv/bin/python ] && [ "$free" -lt "$NEEDED_GB" ]; then
        fail "ディスクの空きが ${free} GB しかありません。${NEEDED_GB} GB 以上空けてから、もう一度実行してください。"
    fi
}

need_browser() {
    local missing=()
    command -v chromium >/dev/null || missing+=(chromium)
    [ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ] || missing+=(fonts-noto-cjk)
    [ ${#missing[@]} -eq 0 ] && return
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        fail "${missing[*]} がありません。「sudo apt-get install ${missing[*]}」のあと、もう一度実行してください。"
    fi
    say "試験用のブラウザーと日本語の字（${missing[*]}）を入れます。ふつう1分ほどです。"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
        >.tools-apt.log 2>&1 || { tail -n 5 .tools-apt.log >&2; fail "入れられませんでした。上の行を確かめてください。"; }
    rm -f .tools-apt.log
}

find_uv || install_uv
check_disk
sync_project . 3.12 "ふつう20秒ほどです。"
sync_project bot 3.10 "大きいので、初めては1〜5分かかります。"
if [ "${1:-}" = browser ]; then need_browser; fi
