# Packages of newer Debian suites, unpacked without installing them. Sourced by `fetch`; needs bash, apt-get and dpkg-deb.
#
# A private view of apt is kept in the cache, one for each architecture: its sources are the machine's own first Debian
# source with other suites, so mirrors, proxies and keys are the machine's own, and the machine's set-up is not touched.

cache=${BPFASM_CACHE:-$HOME/.cache/bpfasm}
suites="bookworm trixie trixie-backports forky"

die() {
  echo "${0##*/}: $*" >&2
  exit 2
}

# debian_source [ETC]: the first Debian source of the machine (/etc/apt) in deb822 form, with our suites; reads both of
# apt's formats.
debian_source() {
  local etc=${1:-/etc/apt} file
  for file in "$etc"/sources.list.d/*.sources; do
    [[ -e $file ]] || continue
    awk -v suites="$suites" 'BEGIN { RS = ""; FS = "\n"; status = 1 }
      /URIs:[^\n]*\/debian/ && /Components:[^\n]*main/ && !/security/ {
        for (i = 1; i <= NF; i++) {
          if ($i ~ /^#/ || $i ~ /^Architectures:/) continue
          print ($i ~ /^Suites:/) ? "Suites: " suites : $i
        }
        status = 0; exit
      }
      END { exit status }' "$file" && return
  done
  cat "$etc"/sources.list "$etc"/sources.list.d/*.list 2>/dev/null | awk -v suites="$suites" '
    $1 == "deb" && /\/debian/ && / main/ && !/security/ {
      for (i = 2; i <= NF && $i !~ /:\//; i++) if (match($i, /signed-by=[^] ]+/)) key = substr($i, RSTART + 10, RLENGTH - 10)
      print "Types: deb\nURIs: " $i "\nSuites: " suites "\nComponents: main"
      print "Signed-By: " (key ? key : "/usr/share/keyrings/debian-archive-keyring.gpg")
      found = 1; exit
    } END { exit !found }'
}

# apt_view ARCH: makes `apt` below speak of that architecture; refreshes the lists when they are half a day old.
apt_view() {
  local view=$cache/apt/$1
  apt_options=(-qq -o APT::Sandbox::User=root -o "APT::Architecture=$1" -o "APT::Architectures=$1"
    -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$view/sources" -o Dir::Etc::preferencesparts=/dev/null
    -o "Dir::State::lists=$view/lists" -o "Dir::State::status=$view/status" -o "Dir::Cache=$view/cache")
  [[ -n $(find "$view/fresh" -mmin -720 2>/dev/null) ]] && return
  mkdir -p "$view"/{sources,lists/partial,cache/archives/partial}
  : >"$view/status" # nothing is installed in this view
  debian_source >"$view/sources/debian.sources" || die "no Debian source in /etc/apt"
  apt-get "${apt_options[@]}" update >&2 || die "apt-get update failed for $1"
  touch "$view/fresh"
}

# unpack INTO PACKAGE[/SUITE]...: fetches packages in the current view and unpacks them into one folder.
unpack() {
  local into=$1 work package
  shift
  work=$(mktemp -d)
  (cd "$work" && apt-get "${apt_options[@]}" download "$@" >&2) || die "could not fetch $*"
  mkdir -p "$into"
  for package in "$work"/*.deb; do dpkg-deb -x "$package" "$into"; done
  rm -rf "$work"
}

# needs TOOL=PACKAGE...: installs on this machine what is missing; only root can.
needs() {
  local missing=() pair
  for pair in "$@"; do command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}"); done
  ((${#missing[@]})) || return 0
  ((EUID == 0)) || die "these packages are missing: ${missing[*]}"
  apt-get -qq update >&2
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >&2 ||
    die "could not install ${missing[*]}"
}
