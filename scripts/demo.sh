#!/bin/sh
# Demonstrates the program: every recorded delivery is valid at its time, a copy that breaks a rule is refused
# with that rule's reason, and a signed request verifies.
#
# usage: scripts/demo.sh path/to/hooksig
#
# Exits with 0 if every row is as expected.
set -eu
LC_ALL=C
export LC_ALL

[ $# -eq 1 ] || { echo "usage: $0 path/to/hooksig" >&2; exit 2; }
hooksig=$(realpath "$1")
deliveries=$(dirname "$(realpath "$0")")/../vectors/deliveries

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf %s bea26a2221fd8090ea38720fc445eca6 > "$work/secret"
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

# row NAME EXPECTED GOT MESSAGE
row() {
    rows=$((rows + 1))
    mark="${green}ok${plain}  "
    if [ "$2" != "$3" ]; then
        surprises=$((surprises + 1))
        mark="${red}FAIL${plain}"
    fi
    printf '  %s  %-34s %-22s %s\n' "$mark" "$1" "$3" "$4"
    [ "$2" = "$3" ] || printf '        expected %s\n' "$2"
}

# seconds FILE: prints the Date of a request as Unix seconds
seconds() {
    date -u -d "$(sed -n 's/^Date: \(.*GMT\).*/\1/p' "$1")" +%s
}

# judge NAME EXPECTED FILE NOW [SECRET_FILE]: prints the row of a verdict of `hooksig verify`
judge() {
    code=0
    verdict=$("$hooksig" verify --secret-file "${5:-$work/secret}" --now "$4" "$3" 2>&1) || code=$?
    case "$code:$verdict" in
        0:valid:*) row "$1" "$2" valid "${verdict#valid: }" ;;
        1:invalid:*)
            verdict=${verdict#invalid: }
            row "$1" "$2" "${verdict%%: *}" "${verdict#*: }"
            ;;
        *) row "$1" "$2" "exit code $code" "$verdict" ;;
    esac
}

original=$deliveries/user-created.http
now=$(seconds "$original")

# tampered NAME REASON SED_SCRIPT: prints the row of an edited copy of a delivery
tampered() {
    sed "$3" "$original" > "$work/tampered"
    if cmp -s "$original" "$work/tampered"; then
        row "$1" "$2" unchanged "the edit found nothing to change"
    else
        judge "$1" "$2" "$work/tampered" "$now"
    fi
}

heading 'Recorded deliveries, each at its own time'
for file in "$deliveries"/*.http; do
    judge "$(basename "$file")" valid "$file" "$(seconds "$file")"
done

heading 'Copies of user-created.http that break one rule each'
tampered 'no signature'               missing-signature     '/^Signature:/d'
tampered 'no Signature scheme'        missing-signature     's/^Signature: keyId="/Authorization: /'
tampered 'two signatures'             repeated-signature    '/^Signature:/p'
tampered 'RFC 9421 signature'         rfc9421-signature     's/^Signature: .*"P/Signature: sig=:P/; s/^User-Agent:/Signature-Input:/'
tampered 'parameters without a comma' malformed-params      's/",algorithm/" algorithm/'
tampered 'parameter twice'            repeated-param        's/keyId=/keyId="a",keyId=/'
tampered 'parameter missing'          missing-param         's/keyId="hmac-key",//'
tampered 'another algorithm'          unsupported-algorithm 's/hmac-sha256/hmac-sha512/'
tampered 'signature is not base64'    malformed-signature   's/signature="P8/signature="P_/'
tampered 'list with two spaces'       malformed-list        's/"date digest"/"date  digest"/'
tampered 'list with a name twice'     repeated-name         's/"date digest"/"date digest date"/'
tampered 'list with (created)'        unsupported-name      's/"date digest"/"date digest (created)"/'
tampered 'covered header is missing'  missing-header        's/"date digest"/"date digest x-absent"/'
tampered 'digest is not covered'      not-covered           's/"date digest"/"date"/'
tampered 'no date'                    missing-date          '/^Date:/d'
tampered 'date twice'                 repeated-date         '/^Date:/p'
tampered 'date is none'               malformed-date        's/^Date: Mon, /Date: /'
judge    'delivered 301 s late'       date-too-old          "$original" $((now + 301))
judge    'delivered 301 s early'      date-too-new          "$original" $((now - 301))
tampered 'no digest'                  missing-digest        '/^Digest:/d'
tampered 'digest twice'               repeated-digest       '/^Digest:/p'
tampered 'digest is none'             malformed-digest      's/^Digest: SHA-256=/Digest: SHA-256:/'
tampered 'digest without SHA-256'     unsupported-digest    's/^Digest: SHA-256=/Digest: SHA-512=/'
judge    'another secret'             signature-mismatch    "$original" "$now" "$work/other-secret"
tampered 'date changed by a second'   signature-mismatch    's/07:41:31/07:41:32/'
tampered 'body changed'               digest-mismatch       's/"admin":false/"admin":true /'
tampered 'X-Drone-Event changed'      event-mismatch        's/^X-Drone-Event: user/X-Drone-Event: repo/'

heading 'The same delivery, signed here'
# The body begins after the line that is only a carriage return.
sed "1,/^$(printf '\r')\$/d" "$original" > "$work/body.json"
"$hooksig" sign --secret-file "$work/secret" --now "$now" --http \
    --url 'http://receiver.test/hooks/drone?src=ci' "$work/body.json" > "$work/signed"
judge 'signed and verified' valid "$work/signed" "$now"
if cmp -s "$original" "$work/signed"; then
    row 'compared with the recorded one' identical identical 'every byte is the same'
else
    row 'compared with the recorded one' identical different ''
fi

printf '\n%s of %s rows as expected\n' $((rows - surprises)) "$rows"
[ "$surprises" -eq 0 ]
