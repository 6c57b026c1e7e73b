/*
 * The shared cases through the C interface: `conformance FILE.jsonl...`. Prints what
 * `hooksig conform` prints, `id TAB valid|invalid TAB reason`.
 *
 * A case is a request to verify or to sign, or a date. Each one to verify goes through
 * hooksig_verify and, if it can be written that way, through every other way to hand a request in;
 * all must agree. Every string of a case is in memory of just its size, so that valgrind sees a read
 * past its end.
 */
#include "check.h"

#include <jansson.h>

enum { MAX_HEADERS = 64, MAX_KEYS = 8 };

/* Bytes of a case: a JSON string whose code points 0 to 255 are one byte each. */
struct octets {
    char *start;
    size_t len;
};

struct fields {
    hooksig_header headers[MAX_HEADERS];
    hooksig_request request;
};

/* How often a case was handed in each way. */
static size_t total, in_chunks, as_head, signed_too, read_too;

/* Reading a case */

static struct octets octets_of(const json_t *string)
{
    const uint8_t *utf8 = (const uint8_t *)json_string_value(string);
    size_t utf8_len = json_string_length(string), len = 0;
    struct octets octets = {(char *)allocate(utf8_len), 0};
    for (size_t i = 0; i < utf8_len; i++) {
        bool two = utf8[i] >= 0xC0;
        octets.start[len++] = (char)(two ? utf8[i] << 6 | (utf8[i + 1] & 0x3F) : utf8[i]);
        i += two;
    }
    octets.len = len;
    char *exact = (char *)realloc(octets.start, len > 0 ? len : 1);
    octets.start = exact != NULL ? exact : octets.start;
    return octets;
}

static struct octets base64_of(const json_t *string)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *text = json_string_value(string);
    size_t digits_len = strspn(text, digits);
    struct octets octets = {(char *)allocate(digits_len * 3 / 4), 0};
    uint32_t bits = 0;
    for (size_t i = 0; i < digits_len; i++) {
        bits = bits << 6 | (uint32_t)(strchr(digits, text[i]) - digits);
        if (i % 4 != 0)
            octets.start[octets.len++] = (char)(bits >> (6 - i % 4 * 2) & 0xFF);
    }
    return octets;
}

static void read_fields(const json_t *line, struct fields *to)
{
    const json_t *headers = json_object_get(line, "headers");
    struct octets method = octets_of(json_object_get(line, "method"));
    struct octets target = octets_of(json_object_get(line, "target"));
    size_t count = json_array_size(headers);
    if (count > MAX_HEADERS)
        give_up("a case has too many headers");
    for (size_t i = 0; i < count; i++) {
        struct octets name = octets_of(json_array_get(json_array_get(headers, i), 0));
        struct octets value = octets_of(json_array_get(json_array_get(headers, i), 1));
        to->headers[i] = (hooksig_header){name.start, name.len, value.start, value.len};
    }
    to->request =
        (hooksig_request){method.start, method.len, target.start, target.len, to->headers, count};
}

static void free_fields(struct fields *fields)
{
    free((void *)fields->request.method);
    free((void *)fields->request.target);
    for (size_t i = 0; i < fields->request.headers_len; i++) {
        free((void *)fields->headers[i].name);
        free((void *)fields->headers[i].value);
    }
}

/* Verifying */

struct to_verify {
    hooksig_key *keys;
    size_t keys_len;
    int64_t now;
    struct fields fields;
    struct octets body;
};

struct verdict {
    hooksig_status status;
    hooksig_verified verified;
};

static bool are_same(const hooksig_verified *one, const hooksig_verified *other)
{
    return memcmp(one->tag, other->tag, sizeof one->tag) == 0 && one->date == other->date &&
           one->expires == other->expires && one->key_index == other->key_index;
}

static void must_agree(const char *id, const char *way, struct verdict is, struct verdict other)
{
    if (is.status != other.status ||
        (is.status == HOOKSIG_STATUS_OK && !are_same(&is.verified, &other.verified))) {
        fprintf(stderr, "%s: %s by hooksig_verify, %s by %s\n", id, hooksig_status_name(is.status),
                hooksig_status_name(other.status), way);
        failures++;
    }
}

static struct verdict verify_request(const struct to_verify *of, const hooksig_request *request)
{
    struct verdict verdict;
    memset(&verdict, 0, sizeof verdict);
    hooksig_receiver receiver = receiver_of(of->keys, of->keys_len, of->now);
    verdict.status =
        hooksig_verify(&receiver, request, of->body.start, of->body.len, &verdict.verified);
    return verdict;
}

/* Chunks of 0, 1, 2 ... bytes. */
static hooksig_status feed(hooksig_pending_body *pending, struct octets body)
{
    size_t fed = 0;
    for (size_t chunk = 0; fed < body.len; chunk++) {
        size_t len = chunk < body.len - fed ? chunk : body.len - fed;
        hooksig_status status = hooksig_pending_body_update(pending, body.start + fed, len);
        if (status != HOOKSIG_STATUS_PENDING)
            return status;
        fed += len;
    }
    return HOOKSIG_STATUS_PENDING;
}

static struct verdict verify_in_chunks(const struct to_verify *of)
{
    struct verdict verdict;
    hooksig_pending_body pending;
    memset(&verdict, 0, sizeof verdict);
    hooksig_receiver receiver = receiver_of(of->keys, of->keys_len, of->now);
    verdict.status = hooksig_begin(&pending, &receiver, &of->fields.request);
    if (verdict.status == HOOKSIG_STATUS_PENDING)
        verdict.status = feed(&pending, of->body);
    if (verdict.status == HOOKSIG_STATUS_PENDING)
        verdict.status = hooksig_pending_body_finish(&pending, &verdict.verified);
    return verdict;
}

/* As one raw head */

static bool is_token(const char *start, size_t len)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < len; i++) {
        char letter = (char)(start[i] | 0x20);
        bool digit = start[i] >= '0' && start[i] <= '9';
        if (!digit && !(letter >= 'a' && letter <= 'z') &&
            (start[i] == '\0' || strchr(others, start[i]) == NULL))
            return false;
    }
    return len > 0;
}

/* Whether there is no control byte, and nothing that the line is split at. */
static bool is_text(const char *start, size_t len, const char *split_at)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t octet = (uint8_t)start[i];
        if ((octet < 0x20 && octet != '\t') || octet == 0x7F ||
            (octet < 0x80 && strchr(split_at, octet) != NULL))
            return false;
    }
    return true;
}

static bool fits_into_head(const hooksig_request *request)
{
    bool fits = is_token(request->method, request->method_len) && request->target_len > 0 &&
                is_text(request->target, request->target_len, " \t");
    for (size_t i = 0; i < request->headers_len; i++)
        fits = fits && is_token(request->headers[i].name, request->headers[i].name_len) &&
               is_text(request->headers[i].value, request->headers[i].value_len, "");
    return fits;
}

static void append(struct octets *to, const char *start, size_t len)
{
    to->start = (char *)realloc(to->start, to->len + len);
    if (to->start == NULL)
        give_up("out of memory");
    memcpy(to->start + to->len, start, len);
    to->len += len;
}

static struct octets write_head(const hooksig_request *request)
{
    struct octets head = {NULL, 0};
    append(&head, request->method, request->method_len);
    append(&head, TEXT(" "));
    append(&head, request->target, request->target_len);
    append(&head, TEXT(" HTTP/1.1\r\n"));
    for (size_t i = 0; i < request->headers_len; i++) {
        append(&head, request->headers[i].name, request->headers[i].name_len);
        append(&head, TEXT(": "));
        append(&head, request->headers[i].value, request->headers[i].value_len);
        append(&head, TEXT("\r\n"));
    }
    append(&head, TEXT("\r\n"));
    return head;
}

static struct verdict verify_as_head(const struct to_verify *of)
{
    struct verdict verdict;
    struct octets head = write_head(&of->fields.request);
    memset(&verdict, 0, sizeof verdict);
    hooksig_receiver receiver = receiver_of(of->keys, of->keys_len, of->now);
    verdict.status = hooksig_verify_head(&receiver, head.start, head.len, of->body.start,
                                         of->body.len, &verdict.verified);
    free(head.start);
    return verdict;
}

/* All ways for one case. */
static struct verdict verify_each_way(const struct to_verify *of, const char *id)
{
    struct verdict verdict = verify_request(of, &of->fields.request);
    must_agree(id, "hooksig_begin", verdict, verify_in_chunks(of));
    in_chunks++;
    if (fits_into_head(&of->fields.request)) {
        must_agree(id, "hooksig_verify_head", verdict, verify_as_head(of));
        as_head++;
    }
    return verdict;
}

static hooksig_status make_key(hooksig_key *key, const json_t *secret)
{
    struct octets octets = octets_of(secret);
    hooksig_status status = hooksig_key_init(key, (uint8_t *)octets.start, octets.len);
    free(octets.start);
    return status;
}

static hooksig_status make_keys(const json_t *line, hooksig_key *keys, size_t *keys_len)
{
    const json_t *one = json_object_get(line, "secret");
    const json_t *several = json_object_get(line, "secrets");
    hooksig_status status = HOOKSIG_STATUS_OK;
    if (json_array_size(several) > MAX_KEYS)
        give_up("a case has too many secrets");
    *keys_len = one != NULL ? 1 : json_array_size(several);
    for (size_t i = 0; i < *keys_len && status == HOOKSIG_STATUS_OK; i++)
        status = make_key(&keys[i], one != NULL ? one : json_array_get(several, i));
    return status;
}

static struct verdict verify_case(const json_t *line, const char *id)
{
    hooksig_key keys[MAX_KEYS];
    const json_t *now = json_object_get(line, "now");
    struct to_verify of;
    struct verdict verdict;
    memset(&verdict, 0, sizeof verdict);
    of.keys = keys;
    of.now = json_is_integer(now) ? json_integer_value(now) : HOOKSIG_NO_CLOCK;
    verdict.status = make_keys(line, keys, &of.keys_len);
    if (verdict.status != HOOKSIG_STATUS_OK)
        return verdict;
    read_fields(line, &of.fields);
    of.body = base64_of(json_object_get(line, "body_b64"));
    verdict = verify_each_way(&of, id);
    free_fields(&of.fields);
    free(of.body.start);
    return verdict;
}

/* Whether the verdict is the one that the case expects. */
static bool is_expected(const json_t *line, struct verdict verdict)
{
    const json_t *matched = json_object_get(line, "matched");
    bool valid = strcmp(json_string_value(json_object_get(line, "expect")), "valid") == 0;
    bool is_valid = verdict.status == HOOKSIG_STATUS_OK;
    return valid == is_valid &&
           (!is_valid || !json_is_integer(matched) ||
            json_integer_value(matched) == (json_int_t)verdict.verified.key_index);
}

/* Signing */

struct to_sign {
    hooksig_key key;
    struct octets key_id, list;
    struct fields fields;
};

/* The names of a case joined by spaces; one that holds a space itself cannot be written so. */
static hooksig_status join(const json_t *names, struct octets *list)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        struct octets name = octets_of(json_array_get(names, i));
        bool has_space = memchr(name.start, ' ', name.len) != NULL;
        if (i > 0)
            append(list, TEXT(" "));
        append(list, name.start, name.len);
        free(name.start);
        if (has_space)
            return HOOKSIG_STATUS_MALFORMED_LIST;
    }
    return HOOKSIG_STATUS_OK;
}

/* Both functions, called as the header says: first for the length, then with just that room. */
typedef hooksig_status writing(const struct to_sign *of, char *out, size_t capacity, size_t *len);

static hooksig_status write_field(const struct to_sign *of, char *out, size_t capacity,
                                  size_t *len)
{
    return hooksig_sign(&of->key, of->key_id.start, of->key_id.len, &of->fields.request,
                        of->list.start, of->list.len, out, capacity, len);
}

static hooksig_status write_string(const struct to_sign *of, char *out, size_t capacity,
                                   size_t *len)
{
    return hooksig_signing_string(&of->fields.request, of->list.start, of->list.len, out, capacity,
                                  len);
}

static hooksig_status write_exactly(writing *write, const struct to_sign *of, struct octets *out)
{
    hooksig_status status = write(of, NULL, 0, &out->len);
    if (status != HOOKSIG_STATUS_BUFFER_TOO_SMALL)
        return status;
    out->start = (char *)allocate(out->len);
    return write(of, out->start, out->len, &out->len);
}

/* Compares the result with the case, to the byte. */
static bool are_expected(const json_t *line, const char *field, struct octets string)
{
    struct octets expected = base64_of(json_object_get(line, "signing_string_b64"));
    const json_t *header = json_object_get(line, "signature_header");
    struct octets whole = octets_of(header);
    const char *signature = json_string_value(json_object_get(line, "signature"));
    char parameter[128];
    snprintf(parameter, sizeof parameter, "signature=\"%s\"", signature);
    bool same = string.len == expected.len &&
                memcmp(string.start, expected.start, expected.len) == 0 &&
                strstr(field, parameter) != NULL &&
                (header == NULL ||
                 (strlen(field) == whole.len && memcmp(field, whole.start, whole.len) == 0));
    free(expected.start);
    free(whole.start);
    return same;
}

static hooksig_status sign_each(const json_t *line, const struct to_sign *of, bool *same)
{
    struct octets field = {NULL, 0}, string = {NULL, 0};
    hooksig_status status = write_exactly(write_field, of, &field);
    if (status == HOOKSIG_STATUS_OK)
        status = write_exactly(write_string, of, &string);
    if (status == HOOKSIG_STATUS_OK) {
        append(&field, "", 1);
        *same = are_expected(line, field.start, string);
    }
    free(field.start);
    free(string.start);
    return status;
}

static hooksig_status sign_case(const json_t *line, bool *same)
{
    struct to_sign of;
    memset(&of, 0, sizeof of);
    hooksig_status status = make_key(&of.key, json_object_get(line, "secret"));
    if (status != HOOKSIG_STATUS_OK)
        return status;
    read_fields(line, &of.fields);
    of.key_id = octets_of(json_object_get(line, "keyid"));
    status = join(json_object_get(line, "list"), &of.list);
    if (status == HOOKSIG_STATUS_OK)
        status = sign_each(line, &of, same);
    free_fields(&of.fields);
    free(of.key_id.start);
    free(of.list.start);
    return status;
}

/* Reading dates */

static hooksig_status date_case(const json_t *line, bool *same)
{
    struct octets text = octets_of(json_object_get(line, "text"));
    const json_t *expected = json_object_get(line, "unix");
    int64_t unix_seconds = 0;
    hooksig_status status = hooksig_date_parse(
        text.start, text.len, json_integer_value(json_object_get(line, "now")), &unix_seconds);
    *same = status != HOOKSIG_STATUS_OK || !json_is_integer(expected) ||
            json_integer_value(expected) == unix_seconds;
    free(text.start);
    return status;
}

/* Running */

static void print_case(const char *id, hooksig_status status, const char *other, bool as_expected)
{
    bool valid = status == HOOKSIG_STATUS_OK && other == NULL;
    const char *reason = other == NULL ? hooksig_status_name(status) : other;
    printf("%s\t%s\t%s\n", id, valid ? "valid" : "invalid", reason);
    if (!as_expected) {
        fprintf(stderr, "%s: not as the case expects\n", id);
        failures++;
    }
}

static void run_verify(const json_t *line, const char *id)
{
    struct verdict verdict = verify_case(line, id);
    print_case(id, verdict.status, NULL, is_expected(line, verdict));
}

static void run_sign(const json_t *line, const char *id)
{
    bool same = true, refused = json_object_get(line, "expect_error") != NULL;
    hooksig_status status = sign_case(line, &same);
    print_case(id, status, same ? NULL : "other-bytes",
               same && refused == (status != HOOKSIG_STATUS_OK));
    signed_too++;
}

static void run_date(const json_t *line, const char *id)
{
    bool same = true, refused = !json_is_integer(json_object_get(line, "unix"));
    hooksig_status status = date_case(line, &same);
    print_case(id, status, same ? NULL : "other-time",
               same && refused == (status != HOOKSIG_STATUS_OK));
    read_too++;
}

static void run_case(const json_t *line)
{
    const char *id = json_string_value(json_object_get(line, "id"));
    total++;
    if (json_object_get(line, "text") != NULL)
        run_date(line, id);
    else if (json_object_get(line, "list") != NULL)
        run_sign(line, id);
    else
        run_verify(line, id);
}

static void run_file(const char *path)
{
    size_t len;
    char *text = read_file(path, &len);
    for (char *at = text, *end; at < text + len; at = end + 1) {
        end = (char *)memchr(at, '\n', (size_t)(text + len - at));
        if (end == NULL)
            end = text + len;
        json_t *line = json_loadb(at, (size_t)(end - at), JSON_ALLOW_NUL, NULL);
        if (line == NULL)
            give_up(path);
        run_case(line);
        json_decref(line);
    }
    free(text);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        run_file(argv[i]);
    fprintf(stderr,
            "%zu cases: %zu verified, in chunks too, %zu as a raw head too; "
            "%zu signed, %zu dates\n",
            total, in_chunks, as_head, signed_too, read_too);
    return outcome();
}
