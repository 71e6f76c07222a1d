#!/bin/sh
# Collect the evidence of a whole cluster from inside it, and leave nothing behind.
#
# Starts the API collector, then the node collectors, waits for every node, fetches each sealed
# bundle into --output, checks it against the fingerprint that its collector printed, and
# removes all that it made: at the end, after an error, after Ctrl-C, after a lost connection.
#
# Whatever is made carries the label kube-evidence/collector with a value that belongs to this
# run alone. Only objects with that label and value are ever deleted. Everything else that is
# asked of the cluster is a question: get, logs, and exec of "cat" in the collectors' own pods.
#
# The API collector runs first and alone, so that its lists do not show the node collectors.

# shellcheck disable=SC2329  # the trap calls functions by name

# ---------------------------------------------------------------- 1 hygiene
set -u
set -f
umask 077
unset CDPATH
LC_ALL=C
export LC_ALL
NL='
'
CAP=1073741824 # bytes of one unpacked bundle, at most
MEMBERS=20000  # files in one bundle, at most
BLOCKS=32768   # of 512 bytes (bash: 1024): what one answer may take on this disk, at most
PACKED=524288  # and what a bundle may take while it is fetched
PATIENCE=90    # seconds without an answer after which the connection counts as lost
LABEL=kube-evidence/collector
READY='{.status.conditions[?(@.type=="Ready")].status}'
# A pod that could not be placed is known by the node that it was made for.
MEANT='{.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution'
MEANT=$MEANT'.nodeSelectorTerms[0].matchFields[0].values[0]}'
REASON='{.status.containerStatuses[0].state.waiting.reason}'
# What a kubelet writes may hold line ends: of a node it is asked for as JSON, which has none,
# and of a pod nothing of it is believed before the server was asked for that pod alone.
NODE_READY='{.status.conditions[?(@.type=="Ready")]}'
NODES='{range .items[*]}{.metadata.name},{.metadata.labels.kubernetes\.io/os},'$NODE_READY'{"\n"}{end}'
PODS='{range .items[*]}{.spec.nodeName},{.metadata.name},{.status.phase},'$READY','$REASON','$MEANT'{"\n"}{end}'
OWNER='{.metadata.name},{.metadata.labels.kube-evidence/collector}'
case $0 in */*) HERE=${0%/*} ;; *) HERE=. ;; esac

help_text() {
  printf '%s\n' \
    'usage: sh collect.sh --image IMAGE@sha256:... --api-image IMAGE@sha256:... [options]' \
    '' \
    '  --image IMAGE        image with sh and busybox tools, for the nodes; by digest, from' \
    '                       your own registry' \
    '  --api-image IMAGE    image with sh and Python 3.6 or newer, for the API; by digest' \
    '  --nodes-only         only the nodes (--api-image is not needed)' \
    '  --api-only           only the API (--image is not needed)' \
    '  --output DIR         where the bundles go (the current folder)' \
    '  --case-no TEXT       noted in each bundle' \
    '  --operator TEXT      noted in each bundle: who runs this' \
    '  --timeout SECONDS    how long to wait for the nodes, and for the API (600)' \
    '  --namespace NAME     made for the run, and removed (kube-evidence)' \
    '  --kubectl PATH, --kubeconfig FILE, --context NAME   how to reach the cluster' \
    '  --dry-run            print what would be applied, and ask nothing of the cluster: lines' \
    '                       marked with a release or OpenShift are for such a cluster alone' \
    '  --remove             remove what an earlier run had to leave behind, and nothing else' \
    '' \
    'Exit codes: 0 everything collected and removed; 3 something is missing, or could not be' \
    'removed; 4 nothing was collected; 2 wrong usage.' \
    '' \
    'Example:' \
    "  sh kubernetes/collect.sh --output /media/stick --operator 'Jo Doe' --nodes-only \\" \
    '    --image registry.example.com/busybox@sha256:DIGEST'
}

# ---------------------------------------------------------------- 2 messages
say() { printf '%s\n' "$*" >&2; }
usage() { # WHERE WHAT HELP: refuse the command line
  say "error: $1: $2"
  say "help: $3"
  exit 2
}
stop() { # WHERE WHAT HELP: give up; what was made is removed
  say "error: $1: $2"
  say "help: $3"
  end
}
progress() { # TEXT: one line that is written over, for people only
  if [ -t 2 ]; then printf '\r\033[K%s' "$1" >&2; fi
}

# ---------------------------------------------------------------- 3 commands with an end
# Each runs in the background and is waited for, so that a signal is obeyed at once.
# A file that it writes, its output too, ends at BLOCKS: a node may send without end.
limited() { # SECONDS COMMAND...: its exit code; its input is descriptor 3
  li_limit=$1
  shift
  { ulimit -f "$BLOCKS"; exec "$@"; } <&3 &
  CHILD=$!
  watch "$li_limit" "$CHILD" </dev/null >/dev/null 2>&1 3<&- 5>&- 6>&- &
  while :; do
    wait "$CHILD"
    li_code=$?
    # Above 128 a signal may have ended the waiting, and not the command.
    if [ "$li_code" -le 128 ] || ! kill -0 "$CHILD" 2>/dev/null; then break; fi
  done
  CHILD=''
  return "$li_code"
}
watch() { # SECONDS PID: ends it when it takes too long, and itself when it is gone
  wa_left=$1
  while [ "$wa_left" -gt 0 ]; do
    sleep 1
    kill -0 "$2" || return
    wa_left=$((wa_left - 1))
  done
  kill "$2"
  sleep 2
  kill -9 "$2"
}
kube() { # SECONDS WORDS...: kubectl with the options that choose the cluster
  ku_limit=$1
  shift
  set -- ${CONTEXT:+--context "$CONTEXT"} "$@"
  limited "$ku_limit" "$KUBECTL" ${KUBECONFIG_:+--kubeconfig "$KUBECONFIG_"} "$@"
}
ask() { # NAME WORDS...: the answer goes into the work folder's file NAME, complaints into NAME.err
  as_name=$1
  shift
  kube 60 "$@" 3</dev/null >"$WORK/$as_name" 2>"$WORK/$as_name.err"
}
# What comes from a node may hold orders to a terminal; some take those of 8 bits too.
plain() { tr -d '\000-\011\013-\037\177' | tr '\200-\377' '?'; }
why() { sed -n '$p' "$WORK/$1.err" | plain | cut -c 1-300; } # NAME: the last complaint of an ask
pause() { limited "$1" sleep "$1" 3</dev/null; }
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

# ---------------------------------------------------------------- 4 options
options() {
  IMAGE='' API_IMAGE='' DO_NODES=1 DO_API=1 OUT=. CASE_NO='' OPERATOR='' TIMEOUT=600 MODE=run
  NAMESPACE=kube-evidence KUBECTL=kubectl KUBECONFIG_='' CONTEXT=''
  while [ $# -gt 0 ]; do
    case $1 in
    --nodes-only) DO_API=0 ;;
    --api-only) DO_NODES=0 ;;
    --dry-run) MODE=dry ;;
    --remove) MODE=remove ;;
    --help | -h) help_text && exit 0 ;;
    --*=*)
      op_name=${1%%=*} op_value=${1#*=}
      shift
      set -- "$op_name" "$op_value" ${1+"$@"}
      continue
      ;;
    --image | --api-image | --output | --case-no | --operator | --timeout | --namespace | --kubectl | \
      --kubeconfig | --context)
      if [ $# -lt 2 ] || [ -z "$2" ]; then usage "$1" 'needs a value' 'Give one after it; see --help.'; fi
      option "$1" "$2"
      shift
      ;;
    *) usage "$1" 'is not an option' 'See --help.' ;;
    esac
    shift
  done
}
option() { # NAME VALUE
  case $1 in
  --image) IMAGE=$2 ;;
  --api-image) API_IMAGE=$2 ;;
  --output) OUT=$2 ;;
  --case-no) CASE_NO=$2 ;;
  --operator) OPERATOR=$2 ;;
  --timeout) TIMEOUT=$2 ;;
  --namespace) NAMESPACE=$2 ;;
  --kubectl) KUBECTL=$2 ;;
  --kubeconfig) KUBECONFIG_=$2 ;;
  --context) CONTEXT=$2 ;;
  esac
}
check_options() {
  case $DO_NODES$DO_API in 00) usage --api-only 'excludes --nodes-only' 'Give one of them, or none for both.' ;; esac
  case $TIMEOUT in *[!0-9]* | ??????*) usage --timeout "$TIMEOUT is not a number of seconds" 'Such as 600.' ;; esac
  case $NAMESPACE in
  kube-evidence) ;;
  default | kube-* | openshift* | *[!a-z0-9-]* | -* | *-)
    usage --namespace "$NAMESPACE will not do" 'Give a new name of lower-case letters, digits and "-".'
    ;;
  esac
  check_text --case-no "$CASE_NO"
  check_text --operator "$OPERATOR"
  if [ "$MODE" = remove ]; then return; fi
  if [ "$DO_NODES" = 1 ]; then
    check_image --image "$IMAGE" --api-only
    find_program node.sh && NODE_PROGRAM=$PROGRAM
  fi
  if [ "$DO_API" = 1 ]; then
    check_image --api-image "$API_IMAGE" --nodes-only
    find_program api.py && API_PROGRAM=$PROGRAM
  fi
}
check_text() { # OPTION VALUE: it goes into a manifest as it is, where these have a meaning
  case $2 in *[\\\"\$]* | *[[:cntrl:]]*)
    usage "$1" 'holds a control character, a quotation mark, a backslash or a $' 'Leave it out.' ;;
  esac
}
check_image() { # OPTION VALUE OPTION-WITHOUT-IT: a digest cannot be moved as a tag can
  if [ -z "$2" ]; then usage "$1" 'is missing' "Give an image by digest, or $3."; fi
  case $2 in *"$NL"*) usage "$1" 'has more than one line' 'Give REGISTRY/NAME@sha256:<64 hex digits>.' ;; esac
  printf '%s\n' "$2" | grep -Eq '^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*@sha256:[0-9a-f]{64}$' ||
    usage "$1" "$2 is not an image by digest" 'Give REGISTRY/NAME@sha256:<64 hex digits>, without a tag.'
}
find_program() { # FILE: PROGRAM becomes its path: above this folder, or in it
  for fp_at in "$HERE/../$1" "$HERE/$1"; do
    if [ -f "$fp_at" ]; then
      PROGRAM=$fp_at
      return
    fi
  done
  usage "$1" "is not beside $HERE" 'Keep the files together as "kube-evidence collector --write" lays them out.'
}
prepare() {
  for pr_tool in "$KUBECTL" awk cmp gzip head sed sort tar xargs; do
    command -v "$pr_tool" >/dev/null 2>&1 ||
      usage "$pr_tool" 'was not found' 'Install it, or name kubectl with --kubectl.'
  done
  sha256_tool
  [ "$(printf '' | sha256)" = e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 ] ||
    usage sha256sum 'was not found' 'Install it, or shasum, or openssl.'
  mkdir -p "$OUT" 2>/dev/null
  OUT=$(cd "$OUT" 2>/dev/null && pwd -P) || usage --output 'cannot be made or entered' 'Name another folder.'
  OUT=${OUT%/}
  WORK=$OUT/.kube-evidence-$$
  mkdir "$WORK" 2>/dev/null || usage --output "$OUT cannot be written" 'Name another folder.'
  mkdir "$WORK/result" "$WORK/paper"
}

# ---------------------------------------------------------------- 5 manifests
render() { # FILE FIRST LAST: its documents from FIRST to LAST, made out for this run
  CASE_NO=$CASE_NO OPERATOR=$OPERATOR IMAGE_=$IMAGE_ awk -v first="$2" -v last="$3" -v ns="$NAMESPACE" \
    -v run="$RUN" -v minor="$MINOR" -v openshift="$OPENSHIFT" -v dry="$DRY" '
    BEGIN { document = 1 }
    /^---$/ { document++ }
    document < first || document > last { next }
    dry && / # (since 1\.30|before 1\.30|not on OpenShift)$/ { print; next }
    / # since 1\.30$/ && minor < 30 { next }
    / # before 1\.30$/ && minor >= 30 { next }
    / # not on OpenShift$/ && openshift { next }
    / # --case-no$/ { print "              value: " "\"" ENVIRON["CASE_NO"] "\""; next }
    / # --operator$/ { print "              value: " "\"" ENVIRON["OPERATOR"] "\""; next }
    /^ *image: / { print "          image: " ENVIRON["IMAGE_"]; next }
    /^ *namespace: kube-evidence$/ { sub(/kube-evidence$/, ns) }
    /^  name: kube-evidence$/ { sub(/kube-evidence$/, ns) }
    /^ *kube-evidence\/collector: by-hand$/ { sub(/by-hand$/, run) }
    { print }' "$HERE/$1"
}
program_map() { # NAME FILE PATH: the program as a ConfigMap, byte for byte
  printf '%s\n' --- 'apiVersion: v1' 'kind: ConfigMap' 'metadata:' "  name: $1" \
    "  namespace: $NAMESPACE" '  labels:' "    $LABEL: $RUN" 'data:' "  $2: |"
  sed 's/^/    /' "$3"
}
node_manifests() { # FIRST
  IMAGE_=$IMAGE
  render node-collector.yaml "$1" 99
  if [ "$OPENSHIFT" = 1 ]; then printf -- '---\n' && render openshift.yaml 1 99; fi
  program_map kube-evidence-node node.sh "$NODE_PROGRAM"
}
api_manifests() { # FIRST
  IMAGE_=$API_IMAGE
  render api-collector.yaml "$1" 99
  program_map kube-evidence-api api.py "$API_PROGRAM"
}
dry_run() { # of what no question was put to the cluster, all variants are shown, with their marks
  DRY=1 OPENSHIFT=1
  if [ "$DO_API" = 1 ]; then api_manifests 1; fi
  if [ "$DO_API$DO_NODES" = 11 ]; then printf -- '---\n'; fi
  if [ "$DO_NODES" = 1 ]; then node_manifests 1; fi
}

# ---------------------------------------------------------------- 6 start
inquire() { # what kind of cluster it is
  if ! ask version get --raw /version; then
    stop kubectl "does not reach the cluster: $(why version)" 'Check --kubeconfig and --context.'
  fi
  MINOR=$(sed -n 's/.*"minor": *"\([0-9][0-9]*\).*/\1/p' "$WORK/version")
  MINOR=${MINOR:-99}
  if ask openshift get --raw /apis/security.openshift.io; then OPENSHIFT=1; fi
  if [ "$DO_NODES" = 0 ]; then return; fi
  if ! ask nodes get nodes -o "jsonpath=$NODES" || [ ! -s "$WORK/nodes" ]; then
    stop nodes "cannot be listed: $(why nodes)" 'Use an account that may list nodes.'
  fi
}
make_namespace() { # MANIFEST: to make it is one step that fails when somebody else has the name
  if ask found get namespace "$NAMESPACE" --ignore-not-found -o "jsonpath=$OWNER"; then
    case $(cat "$WORK/found") in
    '' | ,) ;;
    *,?*)
      stop "namespace $NAMESPACE" 'is there from an earlier run, or from one that is going on' \
        "Wait for it, or remove it: sh $0 --remove"
      ;;
    *)
      stop "namespace $NAMESPACE" 'exists and was not made by this program' \
        'Choose another name with --namespace.'
      ;;
    esac
  fi
  MADE=1
  render "$1" 1 1 >"$WORK/manifest"
  apply create
  render "$1" 2 2 >"$WORK/manifest"
  apply apply # the cluster may have made this account already
}
apply() { # create|apply: what the work folder's file manifest says
  kube 120 "$1" -f - 3<"$WORK/manifest" >"$WORK/apply" 2>"$WORK/apply.err" ||
    stop kubectl "refused: $(why apply)" \
      'Use an account that may make these objects, or ask why the cluster forbids them (--dry-run prints them).'
}
start_api() {
  make_namespace api-collector.yaml
  api_manifests 3 >"$WORK/manifest"
  apply create
}
start_nodes() {
  if [ "$MADE" = 0 ]; then
    make_namespace node-collector.yaml
  else
    for sn_mode in enforce audit warn; do
      ask label label namespace "$NAMESPACE" --overwrite "pod-security.kubernetes.io/$sn_mode=privileged" ||
        stop "namespace $NAMESPACE" "cannot be labelled: $(why label)" \
          'Use an account that may update it, or --nodes-only.'
    done
  fi
  node_manifests 3 >"$WORK/manifest"
  apply create
}

# ---------------------------------------------------------------- 7 wait and fetch
# What is known of each subject lies in the work folder's result/SUBJECT: "fetched FILE
# FINGERPRINT NOTE", "failed WHY" or "waiting WHY". Names of nodes are checked to be names.
put_result() { # SUBJECT WORDS...
  pu_name=$1
  shift
  printf '%s\n' "$*" | plain >"$WORK/result/$pu_name"
}
get_result() { RESULT=waiting && read -r RESULT <"$WORK/result/$1"; } # SUBJECT: RESULT becomes its line
expect_nodes() { # every node of the list gets a result; those worth waiting for go to awaited
  : >"$WORK/awaited"
  while IFS=, read -r en_name en_os en_ready; do
    case $en_name in '' | .* | *[!a-z0-9.-]*) continue ;; esac
    case $en_os in linux | '') ;; *) put_result "$en_name" "failed it runs $en_os, not Linux" && continue ;; esac
    case $en_ready in
    *'"status":"True"'*)
      put_result "$en_name" 'waiting no pod was started on it'
      printf '%s\n' "$en_name" >>"$WORK/awaited"
      ;;
    *) put_result "$en_name" 'waiting the node is not ready' ;;
    esac
  done <"$WORK/nodes"
}
wait_for() { # ROLE: until all awaited are fetched or have failed, or time is up
  wf_answer=$(date +%s)
  wf_end=$((wf_answer + TIMEOUT))
  while :; do
    if ask pods -n "$NAMESPACE" get pods -l "kube-evidence/role=$1,$LABEL=$RUN" -o "jsonpath=$PODS"; then
      wf_answer=$(date +%s)
      cp "$WORK/pods" "$WORK/seen"
      while IFS=, read -r wf_node wf_pod wf_phase wf_ready wf_why wf_meant; do
        if [ "$1" = api ]; then wf_node=API; fi
        pod "${wf_node:-$wf_meant}" "$wf_pod" "$wf_phase" "$wf_ready" "$wf_why"
      done <"$WORK/seen"
    elif [ "$(($(date +%s) - wf_answer))" -ge "$PATIENCE" ]; then
      stop kubectl "lost the cluster: $(why pods)" 'Check the connection, then run this again.'
    fi
    count_left
    if [ "$LEFT" = 0 ] || [ "$(date +%s)" -ge "$wf_end" ]; then break; fi
    pause 1
  done
  progress ''
}
pod() { # SUBJECT POD PHASE READY REASON
  case $1 in API) ;; '' | .* | *[!a-z0-9.-]*) return ;; esac
  case $2 in '' | [!a-z0-9]* | *[!a-z0-9.-]*) return ;; esac
  if [ ! -f "$WORK/result/$1" ]; then return; fi
  get_result "$1"
  case $RESULT in fetched* | failed*) return ;; esac
  if [ "$4" = True ]; then
    fetch "$1" "$2"
  elif [ "$1$3" = APIFailed ]; then
    put_result "$1" "failed its pod ended${5:+: $5}"
  elif [ "${RESULT#*is not ready}" = "$RESULT" ]; then
    put_result "$1" "waiting its pod was not ready in time: ${5:-$3}"
  fi
}
count_left() { # LEFT becomes the number of those that are still awaited
  LEFT=0 cl_all=0 cl_last=''
  while read -r cl_name; do
    cl_all=$((cl_all + 1))
    get_result "$cl_name"
    case $RESULT in waiting*) LEFT=$((LEFT + 1)) && cl_last="$cl_name (${RESULT#waiting })" ;; esac
  done <"$WORK/awaited"
  progress "$((cl_all - LEFT)) of $cl_all done${cl_last:+, waiting for $cl_last}"
}
is_on() { # SUBJECT POD: asked for alone, so that no kubelet had a say in it
  if [ "$1" = API ]; then return; fi
  ask place -n "$NAMESPACE" get pod "$2" -o 'jsonpath={.spec.nodeName}' && [ "$(cat "$WORK/place")" = "$1" ]
}
fetch() { # SUBJECT POD: its bundle into the output folder, checked
  is_on "$1" "$2" || return
  if ! ask log -n "$NAMESPACE" logs "$2"; then
    put_result "$1" "waiting its log cannot be read: $(why log)"
    return
  fi
  fe_path=$(sed -n 's/^bundle: //p' "$WORK/log" | sed -n '$p')
  fe_print=$(sed -n 's/^custody fingerprint: sha256://p' "$WORK/log" | sed -n '$p')
  fe_code=$(sed -n 's/^exit code: //p' "$WORK/log" | sed -n '$p')
  fe_file=${fe_path#/work/}
  case $fe_file in keb-*.tar.gz | keb-*.tar) ;; *) fe_file='' ;; esac
  case $fe_file in '' | *[!a-z0-9.-]*)
    fe_why=$(sed -n 's/^error: //p' "$WORK/log" | sed -n '$p' | tr -cd ' -~' | cut -c 1-200)
    put_result "$1" "failed nothing was collected (exit code ${fe_code:-unknown}): $fe_why"
    return
    ;;
  esac
  for fe_try in 1 2 3; do
    transfer "$2" "/work/$fe_file"
    if check_bundle "$fe_file" "$fe_print"; then
      if keep "$1" "$fe_file" "$fe_print" "$fe_code"; then return; fi
      break
    fi
    # Only what broke off may come whole another time, and the others are waiting.
    if [ "$PROBLEM" != "$CUT" ] || [ "$fe_try" = 3 ] || [ "$(date +%s)" -ge "$wf_end" ]; then break; fi
    pause 1
  done
  put_result "$1" "failed $PROBLEM"
}
transfer() { # POD PATH: a file of a pod becomes the work folder's file bundle; none holds up the rest
  tr_left=$((wf_end - $(date +%s)))
  if [ "$tr_left" -lt 60 ]; then tr_left=60; fi
  if [ "$tr_left" -gt 600 ]; then tr_left=600; fi
  tr_blocks=$BLOCKS BLOCKS=$PACKED
  kube "$tr_left" -n "$NAMESPACE" exec "$1" -- cat "$2" 3</dev/null >"$WORK/bundle" 2>"$WORK/exec.err"
  BLOCKS=$tr_blocks
}
keep() { # SUBJECT FILE FINGERPRINT CODE: an existing file is never overwritten
  KEEPING=$OUT/$2
  if ! (set -C && : >"$KEEPING") 2>/dev/null; then
    KEEPING='' PROBLEM="$OUT/$2 exists already"
    return 1
  fi
  if ! mv "$WORK/bundle" "$KEEPING"; then
    drop_claim
    PROBLEM="$OUT/$2 cannot be written"
    return 1
  fi
  KEEPING=''
  ke_note='complete'
  if [ "$4" != 0 ]; then ke_note='partial'; fi
  put_result "$1" "fetched $2 $3 $ke_note"
  if [ ! -t 2 ]; then say "$1: fetched"; fi # where nobody sees the progress
  sed -n 's/^for the paper form: //p' "$WORK/log" | sed -n '$p' | plain >"$WORK/paper/$1"
}

drop_claim() { # the empty file that a bundle was to replace
  if [ -n "$KEEPING" ] && [ ! -s "$KEEPING" ]; then rm -f "$KEEPING"; fi
  KEEPING=''
}

# ---------------------------------------------------------------- 8 check
# The archive comes from a node, which need not be honest: only plain files with plain names are
# unpacked, only inside the work folder, and only what is no larger than the archive that it came
# in. PROBLEM says what is wrong.
CUT='the transfer was cut short'
unpacked() { # NAME
  case $1 in *.gz) gzip -dc <"$WORK/bundle" ;; *) cat "$WORK/bundle" ;; esac 2>/dev/null | head -c "$CAP"
}
check_bundle() { # NAME FINGERPRINT
  PROBLEM=$CUT
  [ -s "$WORK/bundle" ] || return 1
  unpacked "$1" >"$WORK/tar"
  tar -tf - <"$WORK/tar" >"$WORK/names" 2>/dev/null || return 1
  PROBLEM='the archive holds what no bundle holds'
  check_members || return 1
  rm -rf "$WORK/check"
  mkdir "$WORK/check"
  PROBLEM=$CUT
  (cd "$WORK/check" && tar -xof -) <"$WORK/tar" 2>/dev/null || return 1
  PROBLEM='its fingerprint is not the one that the collector printed'
  [ -f "$WORK/check/bundle/SHA256SUMS" ] && [ "$(sha256 <"$WORK/check/bundle/SHA256SUMS")" = "$2" ] || return 1
  PROBLEM='a member does not match SHA256SUMS'
  check_sums
  ch_code=$?
  rm -rf "$WORK/check" "$WORK/tar"
  return "$ch_code"
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
check_sums() { # every member is listed once, and has the hash that is listed
  sort "$WORK/check/bundle/SHA256SUMS" >"$WORK/listed"
  sed 's/^bundle.//' "$WORK/names" | grep -vx SHA256SUMS |
    (cd "$WORK/check/bundle" && xargs $SHA256) 2>/dev/null | sed 's/ \*/  /' | sort | cmp -s - "$WORK/listed"
}

# ---------------------------------------------------------------- 9 removal
remove_all() { # SELECTOR: every object with our label; 0 when none is left
  for re_try in 1 2 3; do
    kube 30 delete clusterrolebindings,clusterroles -l "$1" --ignore-not-found --wait=false
    kube 30 -n default delete rolebindings,roles -l "$1" --ignore-not-found --wait=false
    kube 120 delete namespaces -l "$1" --ignore-not-found --wait=true
    if is_removed "$1"; then return 0; fi
    # A node that does not answer cannot confirm that its pod has ended.
    kube 30 delete pods --all-namespaces -l "$1" --force --grace-period=0 --wait=false
    if [ "$re_try" != 3 ]; then pause 2; fi
  done 3</dev/null >/dev/null 2>&1
  is_removed "$1"
}
is_removed() { # SELECTOR: asked, answered, and nothing was named; a file on a full disk is empty too
  ir_left=$(kube 60 get namespaces,clusterroles,clusterrolebindings -l "$1" --ignore-not-found -o name \
    3</dev/null 2>/dev/null) || return 1
  if [ -n "$ir_left" ]; then return 1; fi
  ir_left=$(kube 60 -n default get roles,rolebindings -l "$1" --ignore-not-found -o name \
    3</dev/null 2>/dev/null) && [ -z "$ir_left" ]
}
leave_note() { # SELECTOR: what to type, now that we could not
  say 'error: removal: not everything that was made could be removed, or the cluster does not answer'
  say "help: When it answers again, type: sh $0 --remove   (with the same --kubeconfig and --context). Or:"
  say "  kubectl delete clusterrolebindings,clusterroles,namespaces -l $1"
  say "  kubectl -n default delete rolebindings,roles -l $1"
}
remove_only() {
  trap 'rm -rf "$WORK"; exit 3' INT TERM HUP QUIT PIPE
  ask all get namespaces,clusterroles,clusterrolebindings -l "$LABEL" --ignore-not-found -o name ||
    say "error: kubectl: does not reach the cluster: $(why all)"
  cat "$WORK/all"
  re_code=0
  remove_all "$LABEL" || re_code=3
  if [ "$re_code" = 0 ]; then say 'removed.'; else leave_note "$LABEL"; fi
  rm -rf "$WORK"
  exit "$re_code"
}

# ---------------------------------------------------------------- 10 the end
table() { # what came of each subject; MISSING and FETCHED count them
  MISSING=0 FETCHED=0
  set +f
  for ta_path in "$WORK"/result/*; do
    [ -f "$ta_path" ] || continue
    ta_name=${ta_path##*/}
    get_result "$ta_name"
    case $RESULT in
    fetched*)
      FETCHED=$((FETCHED + 1))
      printf '%s\n' "${RESULT#fetched }" >"$WORK/row"
      read -r ta_file ta_print ta_note <"$WORK/row"
      printf '%s  %s  %s\n  custody fingerprint: sha256:%s\n' "$ta_name" "$ta_note" "$ta_file" "$ta_print"
      ;;
    *) MISSING=$((MISSING + 1)) && printf '%s  MISSING: %s\n' "$ta_name" "${RESULT#* }" ;;
    esac
    if [ -s "$WORK/paper/$ta_name" ]; then sed 's/^/  for the paper form: /' "$WORK/paper/$ta_name"; fi
  done
  set -f
}
end() { # the only way out once something may have been made; a second signal cannot stop it
  trap : INT TERM HUP QUIT PIPE
  trap - EXIT
  exec >&5 2>&6 # a signal may come where output goes into a file
  if [ -n "$CHILD" ]; then
    kill "$CHILD" 2>/dev/null
    pause 1 # what it had asked for may still be done
  fi
  en_code=0
  if [ "$MADE" = 1 ]; then
    progress 'removing what was made'
    remove_all "$LABEL=$RUN" || en_code=3
  fi
  progress ''
  if [ "$en_code" = 3 ]; then leave_note "$LABEL=$RUN"; fi
  table
  if [ "$MISSING" -gt 0 ] || [ "$FINISHED" = 0 ]; then en_code=3; fi
  if [ "$FETCHED" = 0 ]; then en_code=4; fi
  drop_claim
  rm -rf "$WORK"
  exit "$en_code"
}
interrupted() {
  trap : INT TERM HUP QUIT PIPE
  progress '' 2>&6
  say 'interrupted: removing what was made, please wait' 2>&6
  end
}
main() {
  options ${1+"$@"}
  check_options
  RUN=by-hand IMAGE_='' MINOR=99 OPENSHIFT=0 DRY='' MADE=0 FINISHED=0 CHILD='' KEEPING=''
  if [ "$MODE" = dry ]; then dry_run && exit 0; fi
  prepare
  exec 5>&1 6>&2
  if [ "$MODE" = remove ]; then remove_only; fi
  trap interrupted INT TERM HUP QUIT PIPE
  trap end EXIT
  RUN=$(date -u +%Y%m%dt%H%M%Sz)-$$
  inquire
  if [ "$DO_API" = 1 ]; then put_result API 'waiting it was not started'; fi
  if [ "$DO_NODES" = 1 ]; then expect_nodes && mv "$WORK/awaited" "$WORK/awaited-nodes"; fi
  if [ "$DO_API" = 1 ]; then
    start_api
    printf 'API\n' >"$WORK/awaited"
    wait_for api
  fi
  if [ "$DO_NODES" = 1 ]; then
    mv "$WORK/awaited-nodes" "$WORK/awaited"
    start_nodes
    wait_for node
  fi
  FINISHED=1
  end
}
main ${1+"$@"}
