# shellcheck shell=bash
# Which Debian packages are missing, and how they are installed. Sourced by quickstart and check.
#
# What is looked for is the thing a build needs (a command, a pkg-config name), not the package:
# it may have come another way, and then it must be left alone.

# There: cmd NAME | pc NAME | file PATH | font CODE_POINT (a font that has it) | py MODULE
is_there() {
    case $1 in
        cmd) command -v "$2" >/dev/null ;;
        pc) pkg-config --exists "$2" 2>/dev/null ;;
        file) [ -e "$2" ] ;;
        font) [ -n "$(fc-list ":charset=$2" 2>/dev/null)" ] ;;
        py) /usr/bin/python3 -c "import $2" 2>/dev/null ;;
    esac
}

# missing_packages < lines of "KIND NAME PACKAGE": the packages that are not there, one a line
missing_packages() {
    local kind name package
    while read -r kind name package; do
        [ -z "$kind" ] || is_there "$kind" "$name" || echo "$package"
    done | sort -u
}

packages_to_build() {
    cat <<'EOF'
cmd gcc build-essential
cmd make build-essential
cmd cmake cmake
cmd ninja ninja-build
cmd pkg-config pkg-config
pc libcurl libcurl4-openssl-dev
pc libuv libuv1-dev
pc sqlite3 libsqlite3-dev
pc openssl libssl-dev
pc libedit libedit-dev
pc md4c libmd4c-dev
pc pangocairo libpango1.0-dev
pc fontconfig libfontconfig-dev
file /usr/include/flite/flite.h flite1-dev
pc pocketsphinx libpocketsphinx-dev
file /etc/ssl/certs/ca-certificates.crt ca-certificates
EOF
}

# What the sandbox's engines use when they run (chela-engines --check).
packages_to_run() {
    cat <<'EOF'
cmd ffmpeg ffmpeg
cmd espeak-ng espeak-ng
file /usr/share/pocketsphinx/model/en-us/en-us.lm.bin pocketsphinx-en-us
file /usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf fonts-dejavu-core
font d55c fonts-naver-d2coding
EOF
}

packages_to_check() {
    packages_to_build
    packages_to_run
    cat <<'EOF'
pc cmocka libcmocka-dev
cmd clang clang
cmd clang-format clang-format
cmd clang-tidy clang-tidy
cmd shellcheck shellcheck
cmd mandoc mandoc
cmd openssl openssl
cmd curl curl
cmd node nodejs
cmd npm npm
cmd zsh zsh
cmd fish fish
py pytest python3-pytest
cmd tmux tmux
cmd strace strace
cmd chafa chafa
EOF
}

# may_install yes|ask PACKAGE...: is there a way to install them, and may it be used? Root needs
# nobody's leave; sudo is asked for, unless told yes. Says what to type when the answer is no.
may_install() {
    local consent=$1 reply
    shift
    echo "missing: $*"
    [ "$(id -u)" != 0 ] || return 0
    if ! command -v sudo >/dev/null; then
        echo "install them as root: apt-get install --no-install-recommends $*" >&2
        return 1
    fi
    [ "$consent" != yes ] || return 0
    if [ ! -t 0 ]; then
        echo "run again with --yes, or: sudo apt-get install --no-install-recommends $*" >&2
        return 1
    fi
    read -r -p "Install them with sudo apt-get? [y/N] " reply
    [[ $reply == [yY]* ]]
}

install_packages() {
    local become=()
    [ "$(id -u)" = 0 ] || become=(sudo)
    "${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
        "${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
            --no-install-recommends "$@"
}
