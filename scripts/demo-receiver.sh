#!/bin/sh
# Demonstrates the C receiver: it accepts every recorded delivery, re-signed with the current time, and
# refuses a delivery that is repeated, tampered with, old, or signed with another secret.
#
# usage: scripts/demo-receiver.sh path/to/programs     the folder with `receiver` and `sign`
#
# Exits with 0 if every row is as expected.
set -eu
LC_ALL=C
export LC_ALL

[ $# -eq 1 ] || { echo "usage: $0 path/to/programs" >&2; exit 2; }
programs=$(realpath "$1")
deliveries=$(dirname "$(realpath "$0")")/../vectors/deliveries

receiver=''
work=$(mktemp -d)
trap '[ -z "$receiver" ] || kill "$receiver"; rm -rf "$work"' EXIT
printf %s bea26a2221fd8090ea38720fc445eca6 > "$work/secret"
printf %s 0123456789abcdef0123456789abcdef > "$work/next-secret"
printf %s 00000000000000000000000000000000 > "$work/other-secret"

green='' red='' bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    green=$(printf '\033[32m') red=$(printf '\033[31m')
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi

rows=0
surprises=0

heading() {
    printf '\n%s%s%s\n' "$bold" "$1" "$plain"
}

# row NAME EXPECTED_ANSWER EXPECTED_LOG ANSWER LOG
row() {
    rows=$((rows + 1))
    mark="${green}ok${plain}  "
    if [ "$2 $3" != "$4 $5" ]; then
        surprises=$((surprises + 1))
        mark="${red}FAIL${plain}"
    fi
    printf '  %s  %-34s %-19s %s\n' "$mark" "$1" "$4" "$5"
    [ "$2 $3" = "$4 $5" ] || printf '        expected %s, and in the log: %s\n' "$2" "$3"
}

# body FILE: prints the body of a recorded delivery, which begins after the line that is only a carriage
# return
body() {
    sed "1,/^$(printf '\r')\$/d" "$deliveries/$1" > "$work/body"
}

# sign [OPTION]...: prints the fields for the body
sign() {
    "$programs/sign" "$@" "$work/body" > "$work/fields"
}

# deliver NAME EXPECTED_ANSWER EXPECTED_LOG: sends the body under the fields
deliver() {
    rm -f "$work/text"
    code=$(curl -s --noproxy '*' --max-time 10 -o "$work/text" -w '%{http_code}' \
        -H @"$work/fields" --data-binary @"$work/body" "$url") || code="curl's exit code $?"
    # Drop time and peer.
    logged=$(tail -n 1 "$work/log" | cut -d ' ' -f 3-)
    answer="$code $(cat "$work/text" 2>/dev/null)"
    row "$1" "$2" "$3" "${answer% }" "$logged"
}

"$programs/receiver" --secret-file "$work/secret" --secret-file "$work/next-secret" \
    > "$work/out" 2> "$work/log" &
receiver=$!
tries=0
until grep -q listening "$work/out" || [ $tries -eq 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
url="http://$(sed 's/^listening on //' "$work/out")/hooks/drone?src=ci"

heading "Recorded deliveries, signed with the present time: what the receiver answers and logs"
for file in "$deliveries"/*.http; do
    body "$(basename "$file")"
    sign --secret-file "$work/secret"
    what=$(sed 's/^{"event":"\([a-z]*\)","action":"\([a-z]*\)".*/\1:\2/' "$work/body")
    deliver "$(basename "$file")" 204 "accepted ok $what key=0"
done

heading 'The secret changes: the next one is good already'
body user-updated.http
sign --secret-file "$work/next-secret"
deliver 'signed with the next secret' 204 'accepted ok user:updated key=1'

heading 'Deliveries that are not what they seem: the sender learns nothing, the log says why'
deliver 'the same once more' '401 unauthorized' 'refused replayed -:- key=-'
sign --secret-file "$work/next-secret" --date $(($(date +%s) - 301))
deliver 'Date of 301 s ago' '401 unauthorized' 'refused date-too-old -:- key=-'
sign --secret-file "$work/other-secret"
deliver 'another secret' '401 unauthorized' 'refused signature-mismatch -:- key=-'
body user-deleted.http
sign --secret-file "$work/secret"
sed 's/"admin":false/"admin":true /' "$work/body" > "$work/tampered"
mv "$work/tampered" "$work/body"
deliver 'body changed on the way' '401 unauthorized' 'refused digest-mismatch -:- key=-'
body user-deleted.http
sed -i 's/^X-Drone-Event: user/X-Drone-Event: repo/' "$work/fields"
deliver 'X-Drone-Event changed on the way' '401 unauthorized' 'refused event-mismatch -:- key=-'
sed -i '/^Signature:/d' "$work/fields"
deliver 'no signature' '401 unauthorized' 'refused missing-signature -:- key=-'

heading 'SIGTERM'
kill -TERM "$receiver"
code=0
wait "$receiver" || code=$?
receiver=''
row 'the receiver stops' 'exit code 0' '' "exit code $code" ''

printf '\n%s of %s rows as expected\n' $((rows - surprises)) "$rows"
[ "$surprises" -eq 0 ]
