/*
 * Requests of any size get a verdict: `million HEADERS`. A receiver that sets no limit of its own
 * is slow here, but never wrong.
 */
#include "check.h"

#define NOW INT64_C(1577836800)
#define BODY "{\"event\":\"user\",\"action\":\"created\"}"

static hooksig_key key;
static hooksig_delivery_headers sent;
static hooksig_header *headers;
static size_t count;

static hooksig_status verify(void)
{
    hooksig_request request = {"POST", 4, "/", 1, headers, count};
    hooksig_verified verified;
    hooksig_receiver receiver = receiver_of(&key, 1, NOW);
    return hooksig_verify(&receiver, &request, OCTETS(BODY), &verified);
}

/* The genuine delivery at the end of as many headers of one kind. */
static void fill(const char *name, const char *value)
{
    hooksig_header filler = {name, strlen(name), value, strlen(value)};
    for (size_t i = 0; i < count; i++)
        headers[i] = filler;
    headers[count - 3] = (hooksig_header){"Date", 4, sent.date, HOOKSIG_DATE_LEN};
    headers[count - 2] = (hooksig_header){"Digest", 6, sent.digest, HOOKSIG_DIGEST_FIELD_LEN};
    headers[count - 1] =
        (hooksig_header){"Signature", 9, sent.signature, HOOKSIG_DELIVERY_SIGNATURE_LEN};
}

static void expect(hooksig_status expected, const char *name, const char *value)
{
    fill(name, value);
    check(verify() == expected, "%zu headers, most of them %s: %s", count, name,
          hooksig_status_name(expected));
}

static void headers_beside_a_genuine_delivery(void)
{
    expect(HOOKSIG_STATUS_OK, "X-Other", "value");
    expect(HOOKSIG_STATUS_OK, "", "");
    expect(HOOKSIG_STATUS_OK, "Authorization", "Basic dXNlcjpwYXNz");
    expect(HOOKSIG_STATUS_REPEATED_SIGNATURE, "Authorization", "Signature keyId=\"a\"");
    expect(HOOKSIG_STATUS_REPEATED_SIGNATURE, "Signature", sent.signature);
    expect(HOOKSIG_STATUS_REPEATED_DATE, "Date", sent.date);
    expect(HOOKSIG_STATUS_REPEATED_DIGEST, "Digest", sent.digest);
}

/* Writes a number over the # of a text, last digit last. */
static void number(char *text, size_t len, size_t number)
{
    while (len-- > 0)
        if (text[len] == '#') {
            text[len] = (char)('0' + number % 10);
            number /= 10;
        }
}

/* A text of a start, as many repetitions, each with its number, and an end. */
static char *repeat(const char *start, const char *part, const char *end, size_t *len)
{
    size_t start_len = strlen(start), part_len = strlen(part), end_len = strlen(end);
    *len = start_len + count * part_len + end_len;
    char *text = (char *)allocate(*len);
    memcpy(text, start, start_len);
    for (size_t i = 0; i < count; i++) {
        char *at = text + start_len + i * part_len;
        memcpy(at, part, part_len);
        number(at, part_len, i);
    }
    memcpy(text + start_len + count * part_len, end, end_len);
    return text;
}

static void lines_of_a_raw_head(void)
{
    size_t len;
    char end[512];
    hooksig_verified verified;
    snprintf(end, sizeof end, "Date: %s\r\nDigest: %s\r\nSignature: %s\r\n\r\n", sent.date,
             sent.digest, sent.signature);
    char *head = repeat("POST / HTTP/1.1\r\n", "X-Other: value\r\n", end, &len);
    hooksig_receiver receiver = receiver_of(&key, 1, NOW);
    check(hooksig_verify_head(&receiver, head, len, OCTETS(BODY), &verified) == HOOKSIG_STATUS_OK,
          "a raw head of %zu lines more is genuine", count);
    free(head);
}

/* A Signature field of a start, as many repetitions and an end must be refused as this. */
static void expect_signature(hooksig_status expected, const char *start, const char *part,
                             const char *end, const char *sentence)
{
    size_t len;
    char *signature = repeat(start, part, end, &len);
    fill("X-Other", "value");
    headers[count - 1] = (hooksig_header){"Signature", 9, signature, len};
    hooksig_status status = verify();
    check(status == expected, "%zu %s: %s", count, sentence, hooksig_status_name(status));
    free(signature);
}

#define BEFORE_NAMES "keyId=\"a\",algorithm=\"hmac-sha256\",signature=\"a\",headers=\"date"

static void parts_of_a_signature(void)
{
    const char *whole = sent.signature;
    expect_signature(HOOKSIG_STATUS_TOO_MANY_NAMES, BEFORE_NAMES, " x-######", "\"", "names");
    expect_signature(HOOKSIG_STATUS_REPEATED_NAME, BEFORE_NAMES, " x", "\"", "times one name");
    expect_signature(HOOKSIG_STATUS_REPEATED_PARAM, whole, ",keyId=\"a\"", "",
                     "times one parameter");
    expect_signature(HOOKSIG_STATUS_MALFORMED_PARAMS, "keyId=\"", "\\\"", "", "quoted-pairs");
    expect_signature(HOOKSIG_STATUS_OK, whole, ",u######=1", "", "unknown parameters");
    expect_signature(HOOKSIG_STATUS_OK, whole, ",", "", "empty elements");
}

int main(int argc, char **argv)
{
    count = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 1000000;
    headers = (hooksig_header *)allocate(count * sizeof *headers);
    key = key_of(SECRET);
    if (hooksig_delivery_sign(&key, OCTETS(BODY), NOW, &sent) != HOOKSIG_STATUS_OK)
        give_up("nothing to verify");
    headers_beside_a_genuine_delivery();
    lines_of_a_raw_head();
    parts_of_a_signature();
    free(headers);
    return outcome();
}
