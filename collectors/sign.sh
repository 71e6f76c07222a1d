#!/bin/sh
# Sign a bundle: a detached signature over its list of hashes becomes one more member.
#
# The bundle is not changed. A new archive is written beside it, with the same members in the
# same order, the same custody fingerprint, and bundle/SHA256SUMS.sig, .minisig, .p7s or .asc at
# its end. The signature is verified before that archive gets its name, and an existing file is
# never overwritten. The private key is read by the signing program alone.

# ---------------------------------------------------------------- 1 hygiene
set -u
set -f
umask 077
unset CDPATH
LC_ALL=C
export LC_ALL
CAP=1073741824 # bytes of one unpacked bundle, at most
MEMBERS=20000 # files in one bundle, at most
PURPOSE=kube-evidence # what an SSH signature is for: it is good for nothing else

help_text() {
  printf '%s\n' \
    'usage: sh sign.sh BUNDLE [options]' \
    '' \
    '  --with TOOL     ssh, minisign, openssl or gpg; else what the key looks like' \
    '  --key KEY       the private key: a file (ssh: a public key whose private half is in the' \
    '                  agent will do; gpg: a key id or address, not a file)' \
    '  --cert FILE     openssl: the certificate that belongs to the key' \
    '  --public FILE   minisign: the public key (the name of the key with .pub)' \
    '  --output FILE   the signed bundle (BUNDLE with -signed before .tar.gz)' \
    '' \
    'Examples:' \
    '  sh sign.sh keb-node-0a1b2c3d-20261122t120000z.tar.gz --key ~/.ssh/id_ed25519' \
    '  sh sign.sh keb-node-0a1b2c3d-20261122t120000z.tar.gz --with gpg --key jo@example.com' \
    '' \
    'Exit codes: 0 signed; 4 not signed, and nothing was written; 2 wrong usage.'
}

# ---------------------------------------------------------------- 2 messages
usage() { # WHERE WHAT HELP: refuse the command line
  printf 'error: %s: %s\nhelp: %s\n' "$1" "$2" "$3" >&2
  exit 2
}
stop() { # WHERE WHAT HELP: give up, leaving nothing
  printf 'error: %s: %s\nhelp: %s\n' "$1" "$2" "$3" >&2
  rm -rf "$WORK"
  exit 4
}
sha256_tool() { # SHA256 becomes the words of a program that prints a line "HASH  NAME" for each file
  if command -v sha256sum >/dev/null 2>&1; then
    SHA256=sha256sum
  elif command -v shasum >/dev/null 2>&1; then
    SHA256='shasum -a 256'
  else
    SHA256='openssl dgst -sha256 -r'
  fi
}
# shellcheck disable=SC2086  # words
sha256() { $SHA256 | cut -c 1-64; } # the hash of the input

# ---------------------------------------------------------------- 3 options
options() {
  BUNDLE='' TOOL='' KEY='' CERT='' PUBLIC='' OUTPUT=''
  while [ $# -gt 0 ]; do
    case $1 in
    --help | -h) help_text && exit 0 ;;
    --*=*)
      op_name=${1%%=*} op_value=${1#*=}
      shift
      set -- "$op_name" "$op_value" ${1+"$@"}
      continue
      ;;
    --with | --key | --cert | --public | --output)
      if [ $# -lt 2 ] || [ -z "$2" ]; then usage "$1" 'needs a value' 'Give one after it; see --help.'; fi
      case $1 in --with) TOOL=$2 ;; --key) KEY=$2 ;; --cert) CERT=$2 ;; --public) PUBLIC=$2 ;; *) OUTPUT=$2 ;; esac
      shift
      ;;
    -*) usage "$1" 'is not an option' 'See --help.' ;;
    *)
      if [ -n "$BUNDLE" ]; then usage "$1" 'is one bundle too many' 'Sign them one by one.'; fi
      BUNDLE=$1
      ;;
    esac
    shift
  done
}
check_options() {
  if [ -z "$BUNDLE" ]; then usage BUNDLE 'is missing' 'Name the file that a collector wrote.'; fi
  [ -f "$BUNDLE" ] || usage "$BUNDLE" 'is not a file' 'Name the file that a collector wrote.'
  case $BUNDLE in
  *.tar.gz) : "${OUTPUT:=${BUNDLE%.tar.gz}-signed.tar.gz}" ;;
  *.tgz) : "${OUTPUT:=${BUNDLE%.tgz}-signed.tgz}" ;;
  *.tar) : "${OUTPUT:=${BUNDLE%.tar}-signed.tar}" ;;
  *) usage "$BUNDLE" 'is not a bundle' 'Bundles end in .tar.gz or .tar.' ;;
  esac
  if [ -e "$OUTPUT" ]; then usage "$OUTPUT" 'exists already' 'Name another file with --output.'; fi
  : "${TOOL:=$(tool_of_key)}"
  case $TOOL in
  ssh) PROGRAM=ssh-keygen MEMBER=SHA256SUMS.sig ;;
  minisign) PROGRAM=minisign MEMBER=SHA256SUMS.minisig && : "${PUBLIC:=${KEY%.key}.pub}" ;;
  openssl) PROGRAM=openssl MEMBER=SHA256SUMS.p7s ;;
  gpg) PROGRAM=gpg MEMBER=SHA256SUMS.asc ;;
  '') usage --with 'is missing' 'Give a key with --key, or say --with gpg.' ;;
  *) usage --with "$TOOL is not known" 'Choose ssh, minisign, openssl or gpg.' ;;
  esac
  command -v "$PROGRAM" >/dev/null 2>&1 || usage --with "$PROGRAM was not found" 'Install it, or choose another tool.'
  if [ "$TOOL" != gpg ]; then
    [ -f "$KEY" ] || usage --key 'is not a file' 'Name the file that holds the key.'
  fi
  if [ "$TOOL" = openssl ]; then
    [ -f "$CERT" ] || usage --cert 'is not a file' 'Name the certificate that belongs to the key.'
  fi
  if [ "$TOOL" = minisign ]; then
    [ -f "$PUBLIC" ] || usage --public 'is not a file' 'Name the public key that belongs to the key.'
  fi
}
tool_of_key() { # which tool a key is for: each writes its own first line
  if [ ! -f "$KEY" ]; then
    if command -v gpg >/dev/null 2>&1; then printf gpg; fi
    return
  fi
  case $(head -n 1 "$KEY" | tr -cd ' -~') in
  '-----BEGIN OPENSSH PRIVATE KEY-----' | ssh-* | ecdsa-* | sk-*) printf ssh ;;
  'untrusted comment:'*) printf minisign ;;
  '-----BEGIN '*'PRIVATE KEY-----') printf openssl ;;
  esac
}

# ---------------------------------------------------------------- 4 the bundle
unpacked() { # FILE
  case $1 in *gz) gzip -dc <"$1" ;; *) cat "$1" ;; esac 2>/dev/null | head -c "$CAP"
}
open_bundle() { # only plain files with plain names are unpacked, and only inside the work folder
  WORK=$OUTPUT.$$.work
  mkdir "$WORK" 2>/dev/null || usage "$OUTPUT" 'cannot be written' 'Name another place with --output.'
  trap 'rm -rf "$WORK"; exit 4' INT TERM HUP
  unpacked "$BUNDLE" >"$WORK/tar"
  tar -tf - <"$WORK/tar" >"$WORK/names" 2>/dev/null || stop "$BUNDLE" 'is not a whole archive' 'Fetch it again.'
  check_members || stop "$BUNDLE" 'holds what no bundle holds' 'Sign only what a collector wrote.'
  (cd "$WORK" && tar -xof -) <"$WORK/tar" 2>/dev/null || stop "$BUNDLE" 'cannot be unpacked' 'Free some space.'
  rm "$WORK/tar"
  [ -f "$WORK/bundle/SHA256SUMS" ] || stop "$BUNDLE" 'has no SHA256SUMS' 'Sign only what a collector wrote.'
  if grep -qxF "bundle/$MEMBER" "$WORK/names"; then
    stop "$BUNDLE" "is signed with $TOOL already" 'Choose another tool with --with.'
  fi
  check_hashes
  FINGERPRINT=$(sha256 <"$WORK/bundle/SHA256SUMS")
}
check_members() { # before anything is unpacked
  [ "$(wc -l <"$WORK/names")" -le "$MEMBERS" ] || return 1
  if grep -Evq '^bundle/[A-Za-z0-9][A-Za-z0-9./_-]*$' "$WORK/names" || grep -q '\.\.' "$WORK/names"; then return 1; fi
  [ -z "$(sort "$WORK/names" | uniq -d)" ] || return 1
  if tar -tvf - <"$WORK/tar" 2>/dev/null | cut -c 1 | grep -qv '^-$'; then return 1; fi
  # A sparse file claims gigabytes that no archive holds.
  cm_room=$(($(wc -c <"$WORK/tar")))
  [ "$(tar -xOf - <"$WORK/tar" 2>/dev/null | head -c "$((cm_room + 1))" | wc -c)" -le "$cm_room" ]
}
# shellcheck disable=SC2086  # words; the names are plain
check_hashes() { # nobody signs what is broken; earlier signatures are in no list
  sort "$WORK/bundle/SHA256SUMS" >"$WORK/listed"
  sed 's/^bundle.//' "$WORK/names" | grep -Evx 'SHA256SUMS(\.(sig|minisig|p7s|asc))?' |
    (cd "$WORK/bundle" && xargs $SHA256) 2>/dev/null | sed 's/ \*/  /' | sort >"$WORK/found"
  ch_name=$(diff "$WORK/listed" "$WORK/found" | sed -n 's/^[<>] [^ ]*  *//p' | head -n 1 | tr -cd ' -~')
  cmp -s "$WORK/listed" "$WORK/found" || stop "$BUNDLE" "is not intact: $ch_name" 'Fetch it again.'
}

# ---------------------------------------------------------------- 5 sign, verify, pack
sign() { # SUMS SIGNATURE
  case $TOOL in
  ssh) ssh-keygen -q -Y sign -f "$KEY" -n "$PURPOSE" "$1" && [ "$1.sig" = "$2" ] ;;
  minisign) minisign -S -q -s "$KEY" -m "$1" -x "$2" ;;
  openssl) openssl cms -sign -binary -md sha256 -in "$1" -inkey "$KEY" -signer "$CERT" -outform DER -out "$2" ;;
  gpg) gpg --armor ${KEY:+--local-user "$KEY"} --output "$2" --detach-sign "$1" ;;
  esac
}
verify() { # SUMS SIGNATURE: that it fits; whom to trust is for the receiver to decide
  case $TOOL in
  ssh) ssh-keygen -Y check-novalidate -n "$PURPOSE" -s "$2" <"$1" ;;
  minisign) minisign -V -q -p "$PUBLIC" -m "$1" -x "$2" ;;
  openssl) openssl cms -verify -binary -noverify -inform DER -in "$2" -content "$1" -out /dev/null ;;
  gpg) gpg --verify "$2" "$1" ;;
  esac >"$WORK/said" 2>&1
}
pack() { # the members in their order, the new one last
  cd "$WORK" || exit 1
  printf 'bundle/%s\n' "$MEMBER" >>names
  # shellcheck disable=SC2046  # words; the names are plain
  set -- $(cat names)
  if tar --format=ustar --owner=0 --group=0 --numeric-owner -cf /dev/null bundle/FORMAT 2>/dev/null; then
    tar --format=ustar --owner=0 --group=0 --numeric-owner -cf - "$@"
  else
    tar -cf - "$@"
  fi
}
main() {
  options ${1+"$@"}
  check_options
  sha256_tool
  open_bundle
  sums=$WORK/bundle/SHA256SUMS
  sign "$sums" "$WORK/bundle/$MEMBER" || stop "$PROGRAM" 'did not sign' 'Read what it said above.'
  verify "$sums" "$WORK/bundle/$MEMBER" ||
    stop "$PROGRAM" "does not verify its own signature: $(sed -n '$p' "$WORK/said")" \
      'Check that --cert or --public belongs to the key.'
  (pack) >"$WORK/packed" 2>/dev/null
  case $OUTPUT in *gz) gzip -nc <"$WORK/packed" >"$WORK/new.gz" ;; *) mv "$WORK/packed" "$WORK/new" ;; esac
  for made in "$WORK/new.gz" "$WORK/new"; do if [ -f "$made" ]; then break; fi; done
  [ "$(unpacked "$made" | tar -xOf - bundle/SHA256SUMS | sha256)" = "$FINGERPRINT" ] &&
    [ "$(unpacked "$made" | tar -tf - | wc -l)" -eq "$(wc -l <"$WORK/names")" ] ||
    stop "$OUTPUT" 'could not be written whole' 'Free some space.'
  if ! (set -C && : >"$OUTPUT") 2>/dev/null || ! mv "$made" "$OUTPUT"; then
    stop "$OUTPUT" 'cannot be written' 'Name another place with --output.'
  fi
  rm -rf "$WORK"
  printf 'bundle: %s\ncustody fingerprint: sha256:%s\nsigned with: %s\n' "$OUTPUT" "$FINGERPRINT" "$TOOL"
}
main ${1+"$@"}
