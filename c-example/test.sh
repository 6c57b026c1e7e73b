#!/usr/bin/env bash
# Tests the receiver and the sender over loopback, with curl and with raw connections.
#
# usage: c-example/test.sh [FOLDER]     where the programs are; by default beside this script
#
# Exit code 1 if a check failed.
set -o pipefail
export LC_ALL=C
unset DRONE_WEBHOOK_SECRET

here=$(dirname "$(realpath "$0")")
programs=$(realpath "${1:-$here}")
deliveries=$here/../vectors/deliveries
work=$(mktemp -d)
secret=$work/secret new_secret=$work/new-secret
printf '%s\n' bea26a2221fd8090ea38720fc445eca6 >"$secret"
printf '%s' 00112233445566778899aabbccddeeff >"$new_secret"

out=$work/checks
source "$here/../scripts/report.sh"
circumstances='' # precedes the names of some checks

cleanup() {
    # shellcheck disable=SC2046 # The numbers of processes are words.
    kill -KILL $(jobs -p) 2>/dev/null
    wait 2>/dev/null
    rm -rf "$work"
}
trap cleanup EXIT
trap : PIPE # a receiver that hung up fails a check, not the script

# start NAME COMMAND...: a receiver; sets pid, port, url and log
start() {
    local name=$1
    shift
    log=$work/$name.log
    : >"$work/$name.out"
    "$@" >"$work/$name.out" 2>"$log" &
    pid=$!
    for _ in {1..200}; do
        grep -q listening "$work/$name.out" && break
        sleep 0.05
    done
    port=$(sed -n 's/^listening on 127.0.0.1://p' "$work/$name.out")
    url="http://127.0.0.1:$port/hooks/drone?src=ci"
}

# stop SIGNAL: its exit code
stop() {
    kill -"$1" "$pid"
    wait "$pid"
    code=$?
}

receiver() {
    start "$1" "$programs/receiver" --secret-file "$secret" --secret-file "$new_secret" "${@:2}"
}

# recorded FILE: the body of a recorded delivery goes to $work/body
recorded() {
    sed '1,/^\r$/d' "$deliveries/$1" >"$work/body"
}

# signed [OPTION]...: signs $work/body into $work/fields; with the first secret if none is named
signed() {
    "$programs/sign" --secret-file "$secret" "$@" "$work/body" >"$work/fields"
}

# deliver [OPTION]...: sends $work/body under $work/fields; sets code
deliver() {
    code=$(curl -s --noproxy '*' --max-time 20 -o "$work/answer" -D "$work/answer-head" -w '%{http_code}' \
        -H @"$work/fields" --data-binary @"$work/body" "$@" "$url")
}

# logged: the last line of the log without time and peer
logged() {
    tail -n 1 "$log" | cut -d ' ' -f 3-
}

# accepted NAME EVENT:ACTION KEY [OPTION]...: delivers, which must be accepted
accepted() {
    deliver "${@:4}"
    equal "$circumstances$1" "204 accepted ok $2 key=$3" "$code $(logged)"
}

# refused NAME REASON [OPTION]...: delivers, which must be refused for the reason, to the sender
# as any other is
refused() {
    deliver "${@:3}"
    equal "$circumstances$1" "401 unauthorized refused $2" "$code $(cat "$work/answer") $(logged | cut -d ' ' -f 1,2)"
    grep -v '^Date:' "$work/answer-head" | cat - "$work/answer" | cksum >>"$work/refusals"
}

still_answers() {
    recorded user-created.http
    printf ' %s' "$RANDOM$RANDOM$RANDOM" >>"$work/body"
    signed
    accepted "$1: the next delivery is accepted" user:created 0
}

# within SECONDS COMMAND...: whether it succeeds in time
within() {
    local until=$((SECONDS + $1))
    shift
    while ((SECONDS < until)); do
        "$@" && echo yes && return
        sleep 0.1
    done
    echo no
}

# raw FILE: sends the bytes of a file as they are; sets first, the answer's first line
raw() {
    exec {connection}<>"/dev/tcp/127.0.0.1/$port"
    cat "$1" >&"$connection" 2>/dev/null
    IFS= read -r -t 15 -u "$connection" first 2>/dev/null || first=closed
    exec {connection}>&-
    first=${first%$'\r'}
}

# head_of LENGTH: the head of a request with the fields of $work/fields
head_of() {
    printf 'POST / HTTP/1.1\r\nHost: receiver.test\r\nContent-Length: %s\r\n' "$1"
    sed 's/$/\r/' "$work/fields"
    printf '\r\n'
}

wrong_usage() {
    local name=$1
    shift
    "$programs/receiver" "$@" >"$work/answer" 2>&1 </dev/null
    equal "wrong usage: $name" "2 yes" "$? $([[ -s $work/answer ]] && echo yes)"
}

usage_checks() {
    : >"$work/empty"
    echo >"$work/newline"
    wrong_usage 'no secret'
    wrong_usage 'empty secret' --secret-file "$work/empty"
    wrong_usage 'secret that is a newline' --secret-file "$work/newline"
    wrong_usage 'secret that is missing' --secret-file "$work/absent"
    wrong_usage 'unknown option' --secret-file "$secret" --no-such-option
    wrong_usage 'argument' --secret-file "$secret" argument
    wrong_usage 'port' --secret-file "$secret" --port 65536
    wrong_usage 'address' --secret-file "$secret" --listen receiver.test
    DRONE_WEBHOOK_SECRET='' wrong_usage 'empty secret in the environment'
}

recorded_checks() {
    for file in "$deliveries"/*.http; do
        recorded "$(basename "$file")"
        what=$(sed -E 's/^\{"event":"([a-z]+)","action":"([a-z]+)".*/\1:\2/' "$work/body" | head -n 1)
        signed
        accepted "recorded: $(basename "$file")" "$what" 0
        refused "the same again" replayed
    done
}

refusal_checks() {
    recorded user-updated.http
    signed
    sed -i 's/"admin":false/"admin":true /' "$work/body"
    refused 'tampered body' digest-mismatch
    refused 'tampered body, chunked' digest-mismatch -H 'Transfer-Encoding: chunked'
    recorded user-updated.http
    signed --date $(($(date +%s) - 400))
    refused 'old date' date-too-old
    signed --date $(($(date +%s) + 400))
    refused 'date to come' date-too-new
    printf wrong >"$work/wrong"
    signed --secret-file "$work/wrong"
    refused 'wrong secret' signature-mismatch
    signed
    refused 'second X-Drone-Event that contradicts the body' event-mismatch -H 'X-Drone-Event: repo'
    sed -i 's/^X-Drone-Event: user/X-Drone-Event: repo/' "$work/fields"
    refused 'X-Drone-Event that contradicts the body' event-mismatch
    grep -v '^Signature:' "$work/fields" >"$work/unsigned"
    mv "$work/unsigned" "$work/fields"
    refused 'no signature' missing-signature
    equal 'every refusal looks the same to the sender' 1 "$(sort -u "$work/refusals" | wc -l)"
}

acceptance_checks() {
    recorded user-deleted.http
    signed --secret-file "$new_secret"
    accepted 'second secret' user:deleted 1
    recorded repo-deleted.http
    printf '\n' >>"$work/body"
    signed
    accepted 'chunked body' repo:deleted 0 -H 'Transfer-Encoding: chunked'
    printf '\n' >>"$work/body"
    signed
    accepted 'Expect: 100-continue' repo:deleted 0 -H 'Expect: 100-continue'
    equal 'the body is asked for' 1 "$(grep -c '^HTTP/1.1 100' "$work/answer-head")"
    signed --secret-file "$work/wrong"
    deliver -H 'Expect: 100-continue'
    equal 'the body of a refused head is not' '401 0' "$code $(grep -c '^HTTP/1.1 100' "$work/answer-head")"
    printf '{"user":{}}' >"$work/body"
    signed
    accepted 'body without event' -:- 0
    printf '{"event":"a b\\n","action":"\\u2028"}' >"$work/body"
    signed
    accepted 'log is escaped' 'a\x20b\x5cn:\x5cu2028' 0
    signed --date $(($(date +%s) - 100))
    (
        head_of "$(wc -c <"$work/body")"
        cat "$work/body"
    ) >"$work/request"
    sed -i 's|^POST / |POST /a%20b?c=d\&e=%00 |' "$work/request"
    raw "$work/request"
    equal 'target with escapes and query' 'HTTP/1.1 204 No Content' "$first"
}

# malformed NAME LINE: a genuine head with this line before its other fields is no request
malformed() {
    (
        printf 'POST / HTTP/1.1\r\n%b\r\n' "$2"
        head_of "$(wc -c <"$work/body")" | tail -n +2
        cat "$work/body"
    ) >"$work/request"
    raw "$work/request"
    equal "$1" 'HTTP/1.1 400 Bad Request refused malformed-field -:- key=-' "$first $(logged)"
}

malformed_checks() {
    local name
    recorded user-updated.http
    signed
    for name in Signature Authorization Date Digest X-Drone-Event X-Any; do
        malformed "space between $name and the colon" "$name : x"
    done
    malformed 'HTAB between name and colon' 'X-Any\t: x'
    malformed 'space before a name' ' X-Any: x'
    malformed 'field of two lines' 'X-Any: a\r\n b'
    malformed 'field whose second line ends its name' 'X-Sign: a\r\n ature'
    malformed 'control byte in a value' 'X-Any: a\001b'
    for name in identity xchunked; do
        head_of 2 | sed "s/^Content-Length: .*/Transfer-Encoding: $name\r/" >"$work/request"
        raw "$work/request"
        equal "transfer coding $name" 'HTTP/1.1 400 Bad Request refused ambiguous-length -:- key=-' "$first $(logged)"
    done
}

# answered CODE SIZE [METHOD]: how many of 100 senders that write a whole body, and only then read,
# get the answer
answered() {
    local _ answers=0 connection line
    head_of "$2" | sed "1s/POST/${3:-POST}/" >"$work/request"
    head -c "$2" /dev/zero >>"$work/request"
    for _ in {1..100}; do
        exec {connection}<>"/dev/tcp/127.0.0.1/$port"
        cat "$work/request" >&"$connection" 2>/dev/null &&
            IFS= read -r -t 5 -u "$connection" line 2>/dev/null &&
            [[ $line == "HTTP/1.1 $1"* ]] && answers=$((answers + 1))
        exec {connection}>&-
    done
    equal "refused with $1 before $2 bytes of body: 99 of 100 senders read the answer" yes \
        "$( ((answers >= 99)) && echo yes || echo "$answers")"
}

early_refusal_checks() {
    recorded user-updated.http
    signed --secret-file "$work/wrong"
    answered 413 1400000
    answered 413 5000000
    answered 405 1400000 PUT
    answered 405 5000000 PUT
    exec {connection}<>"/dev/tcp/127.0.0.1/$port"
    head_of 99000000 >&"$connection"
    equal 'what is drained has an end' no "$(head -c 99000000 /dev/zero >&"$connection" 2>/dev/null && echo yes || echo no)"
    exec {connection}>&-
    stop TERM
    receiver early --max-body 9000000
    answered 401 1400000
    answered 401 5000000
}

# The receiver starts without standard streams: the sockets of strangers must not become them.
closed_streams_check() {
    local answer='' line connection connections=()
    "$programs/receiver" --secret-file "$secret" --port "$port" <&- >&- 2>&- &
    pid=$!
    within 10 curl -s --noproxy '*' -o "$work/answer" "$url" >/dev/null
    for _ in {1..4}; do
        exec {connection}<>"/dev/tcp/127.0.0.1/$port"
        connections+=("$connection")
    done
    for connection in "${connections[@]}"; do printf 'POST / HTTP/1.0\r\n\r\n' >&"$connection"; done
    for connection in "${connections[@]}"; do
        while IFS= read -r -t 2 -u "$connection" line; do answer+=$line; done
        exec {connection}>&-
    done
    equal 'without standard streams nobody gets the log' '4 0' \
        "$(grep -o 'HTTP/1.1 401' <<<"$answer" | wc -l) $(grep -c 'refused' <<<"$answer")"
    stop TERM
    equal 'and SIGTERM ends that receiver' 0 "$code"
}

limit_checks() {
    printf '%1000s' '{"event":"user","action":"created"}' >"$work/body"
    signed
    accepted 'body as long as the limit' user:created 0
    printf x >>"$work/body"
    signed
    deliver
    equal 'body over the limit' '413 refused body-too-large -:- key=-' "$code $(logged)"
    deliver -H 'Transfer-Encoding: chunked'
    equal 'chunked body over the limit' '413 refused body-too-large -:- key=-' "$code $(logged)"
    deliver -X PUT
    equal 'PUT' '405 refused method-not-allowed -:- key=-' "$code $(logged)"
    (
        head_of 2 | sed 's/^Content-Length: .*/&\n&/'
        cat "$work/body"
    ) >"$work/request"
    raw "$work/request"
    equal 'length given twice' 'HTTP/1.1 400 Bad Request refused ambiguous-length -:- key=-' "$first $(logged)"
    malformed_checks
    for i in {1..101}; do echo "X-$i: y"; done >>"$work/fields"
    deliver
    equal '100 header fields and more' '431 refused too-many-fields -:- key=-' "$code $(logged)"
    printf 'X-Long: %s\n' "$(head -c 40000 /dev/zero | tr '\0' y)" >>"$work/fields"
    deliver
    equal 'head over the limit' 431 "$code"
}

garbage_checks() {
    printf 'garbage\r\n\r\n' >"$work/request"
    raw "$work/request"
    equal 'garbage instead of HTTP' yes "$([[ $first == closed || $first == 'HTTP/1.1 4'* ]] && echo yes)"
    head -c 100000 /dev/urandom >"$work/request"
    raw "$work/request"
    equal 'random bytes instead of HTTP' yes "$([[ $first == closed || $first == 'HTTP/1.1 4'* ]] && echo yes)"
    recorded user-updated.http
    signed
    (
        head_of 100
        cat "$work/body"
    ) >"$work/request"
    raw "$work/request"
    equal 'body longer than announced' 'HTTP/1.1 401 Unauthorized' "$first"
    (
        head_of 1000
        cat "$work/body"
    ) >"$work/request"
    exec {connection}<>"/dev/tcp/127.0.0.1/$port"
    cat "$work/request" >&"$connection"
    exec {connection}>&-
    # With epoll, libmicrohttpd may see only by its timeout that there is nothing more to come.
    equal 'connection closed half way' yes "$(within 15 grep -q 'dropped incomplete' "$log")"
    still_answers 'after garbage'
}

# The date of a delivery must still be good when its body is complete.
late_body_check() {
    recorded user-updated.http
    signed --date $(($(date +%s) - 299))
    exec {connection}<>"/dev/tcp/127.0.0.1/$port"
    head_of "$(wc -c <"$work/body")" >&"$connection"
    sleep 3
    cat "$work/body" >&"$connection"
    IFS= read -r -t 5 -u "$connection" first
    exec {connection}>&-
    equal 'body that comes when the date is no longer good' \
        'HTTP/1.1 401 Unauthorized refused date-too-old -:- key=-' "${first%$'\r'} $(logged)"
}

# A guard of one entry cannot take a second delivery.
full_guard_check() {
    still_answers 'guard of one entry'
    recorded user-updated.http
    signed
    deliver
    equal 'full guard' '503 replay guard full refused replay-guard-full -:- key=-' \
        "$code $(cat "$work/answer") $(logged)"
}

# lasts NAME PAUSE [OCTETS]: sends OCTETS or a genuine head, then another byte every PAUSE s; NAME.lasted
# gets how many seconds passed until the receiver hung up
lasts() {
    local connection from=$SECONDS
    exec {connection}<>"/dev/tcp/127.0.0.1/$port"
    if [[ -n ${3:-} ]]; then printf %s "$3"; else head_of 1000; fi >&"$connection"
    while ((SECONDS - from < 40)); do
        read -r -t "$2" -u "$connection"
        (($? > 128)) || break
        printf x >&"$connection"
    done
    echo $((SECONDS - from)) >"$work/$1.lasted"
}

# They take long, so that they run beside the other checks.
start_slow_clients() {
    receiver slow
    slow_pid=$pid
    printf '{}' >"$work/body"
    signed
    cp "$work/fields" "$work/slow-fields"
    lasts silent 15 &
    slow_clients=$!
    lasts trickling 1 &
    slow_clients+=" $!"
    lasts trickling-head 1 $'POST / HTTP/1.1\r\nX: ' &
    slow_clients+=" $!"
}

slow_client_checks() {
    # shellcheck disable=SC2086 # The numbers of processes are words.
    wait $slow_clients
    local silent trickling head
    silent=$(<"$work/silent.lasted") trickling=$(<"$work/trickling.lasted") head=$(<"$work/trickling-head.lasted")
    equal 'silent client is cut off after 10 s' yes "$( ((silent >= 9 && silent <= 14)) && echo yes || echo "$silent")"
    equal 'trickling client is cut off after 20 s' yes "$( ((trickling >= 19 && trickling <= 25)) && echo yes || echo "$trickling")"
    equal 'trickling head too' yes "$( ((head >= 19 && head <= 25)) && echo yes || echo "$head")"
    pid=$slow_pid
    stop TERM
    equal 'and SIGTERM ends that receiver' 0 "$code"
}

# The receiver starts with a lower limit of open files, which it has to raise.
concurrency_checks() {
    if ! ulimit -Sn 1100 2>/dev/null; then
        missing '1,000 concurrent connections' 'this shell may not open so many files'
        return
    fi
    start crowd bash -c 'ulimit -Sn 512 && exec "$@"' - "$programs/receiver" --secret-file "$secret"
    local requests=() connections=() n body fields connection answered=0
    for n in {1..1000}; do
        body="{\"event\":\"build\",\"action\":\"updated\",\"n\":$n}"
        fields=$(printf %s "$body" | "$programs/sign" --secret-file "$secret")
        requests+=("POST / HTTP/1.1"$'\r\n'"Host: receiver.test"$'\r\n'"Content-Length: ${#body}"$'\r\n'"${fields//$'\n'/$'\r\n'}"$'\r\n\r\n'"$body")
    done
    for n in {0..999}; do
        exec {connection}<>"/dev/tcp/127.0.0.1/$port"
        connections+=("$connection")
        printf %s "${requests[n]:0:100}" >&"$connection"
    done
    still_answers '1,000 connections that sent half a head'
    for n in {0..999}; do printf %s "${requests[n]:100}" >&"${connections[n]}"; done
    for n in {0..999}; do
        IFS= read -r -t 5 -u "${connections[n]}" first && [[ $first == 'HTTP/1.1 204'* ]] && answered=$((answered + 1))
    done
    equal '1,000 deliveries on 1,000 open connections' 1000 "$answered"
    for connection in "${connections[@]}"; do exec {connection}>&-; done
    still_answers 'and when they are gone'
    stop TERM
    equal 'and SIGTERM ends that receiver' 0 "$code"
}

stop_checks() {
    exec {connection}<>"/dev/tcp/127.0.0.1/$port"
    printf 'POST / HTTP/1.1\r\n' >&"$connection"
    stop TERM
    exec {connection}>&-
    equal 'SIGTERM with an open connection' 0 "$code"
    equal 'SIGTERM: nobody listens any more' 000 "$(curl -s --noproxy '*' -o "$work/answer" -w '%{http_code}' "$url")"
    receiver interrupted
    stop INT
    equal 'SIGINT' 0 "$code"
    start environment env DRONE_WEBHOOK_SECRET="$(<"$secret")" "$programs/receiver"
    still_answers 'secret from the environment'
    stop TERM
    equal 'no secret in a log' '' "$(grep -lFf "$new_secret" -e "$(<"$secret")" "$work"/*.log "$work"/*.out)"
}

memory_checks() {
    if ! command -v valgrind >/dev/null; then
        missing 'memory checks' 'there is no valgrind'
        return
    fi
    start checked valgrind -q --leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all \
        --error-exitcode=99 "$programs/receiver" --secret-file "$secret" --secret-file "$new_secret" --max-body 100000
    circumstances='valgrind: '
    recorded_checks
    refusal_checks
    garbage_checks
    head -c 100001 /dev/zero >"$work/body"
    signed
    deliver -H 'Transfer-Encoding: chunked'
    equal "$circumstances"'chunked body over the limit' 413 "$code"
    exec {connection}<>"/dev/tcp/127.0.0.1/$port"
    head_of 1000 >&"$connection"
    stop TERM
    exec {connection}>&-
    equal "$circumstances"'no error, no leak' '0 ' "$code $(grep '==' "$log")"
    circumstances=
}

start_slow_clients
usage_checks
receiver main
recorded_checks
refusal_checks
acceptance_checks
garbage_checks
late_body_check
stop_checks
receiver limits --max-body 1000
limit_checks
early_refusal_checks
stop TERM
receiver full --guard 1
full_guard_check
stop TERM
closed_streams_check
concurrency_checks
memory_checks
slow_client_checks

report
