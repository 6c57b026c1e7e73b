/* Raw heads, and wrong arguments to the function that finds their end. */
#include "arguments.h"

static void lengths_of_bodies(void)
{
    static const struct {
        hooksig_status status;
        size_t body_len;
        const char *fields;
    } cases[] = {
        {HOOKSIG_STATUS_OK, 0, ""},
        {HOOKSIG_STATUS_OK, 0, "Content-Length: 0\r\n"},
        {HOOKSIG_STATUS_OK, 358, "Host: a\r\ncontent-length:\t 358 \r\n"},
        {HOOKSIG_STATUS_OK, 7, "Content-Length: 0007\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length:\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: +1\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: -1\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 0x10\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 1 1\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 5, 5\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 5\r\nContent-Length: 5\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 5\r\nCONTENT-LENGTH: 6\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 18446744073709551615\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 18446744073709551616\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 99999999999999999999999999\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Transfer-Encoding: chunked\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Transfer-Encoding: identity\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 5\r\ntransfer-encoding:\r\n"},
        {HOOKSIG_STATUS_MALFORMED_HEAD, 0, "Content-Length : 5\r\n"},
        {HOOKSIG_STATUS_MALFORMED_HEAD, 0, " Content-Length: 5\r\n"},
        {HOOKSIG_STATUS_MALFORMED_HEAD, 0, "Content-Length: 5\nX: y\r\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[256];
        size_t head_len = 1, body_len = 1;
        int text_len = snprintf(text, sizeof text, "POST / HTTP/1.1\r\n%s\r\n{}", cases[i].fields);
        char *received = copy_of(text, (size_t)text_len);
        hooksig_status status =
            hooksig_head_body_len(received, (size_t)text_len, &head_len, &body_len);
        bool lengths_are_right = status == HOOKSIG_STATUS_OK ? head_len == (size_t)text_len - 2 &&
                                                                   body_len == cases[i].body_len
                                                             : head_len == 1 && body_len == 1;
        check(status == cases[i].status && lengths_are_right, "%s, head %zu: %s", function, i,
              hooksig_status_name(status));
        free(received);
    }
}

static void head_body_len(void)
{
    size_t *head_len = &out.at.len, *body_len = &len.at.len;
    handle_size = 0;
    out_size = sizeof(size_t);
#define LENGTH(status, sentence, ...) EXPECT(status, sentence, hooksig_head_body_len(__VA_ARGS__))
    LENGTH(OK, "takes a head", sent.head, sent.head_len, head_len, body_len);
    LENGTH(INCOMPLETE_HEAD, "waits for the end", sent.head, sent.head_len - 1, head_len, body_len);
    LENGTH(INCOMPLETE_HEAD, "waits for the first byte", NULL, 0, head_len, body_len);
    LENGTH(NULL_POINTER, "refuses NULL with a length", NULL, 1, head_len, body_len);
    LENGTH(NULL_POINTER, "refuses NULL for the head's length", sent.head, sent.head_len, NULL,
           body_len);
    LENGTH(NULL_POINTER, "refuses NULL for the body's length", sent.head, sent.head_len, head_len,
           NULL);
    LENGTH(MALFORMED_HEAD, "refuses an empty line alone", TEXT("\r\n\r\n"), head_len, body_len);
    LENGTH(INVALID_LENGTH, "refuses SIZE_MAX", sent.head, SIZE_MAX, head_len, body_len);
    lengths_of_bodies();
}

static const struct test tests[] = {
    {"hooksig_head_body_len", head_body_len},
};

int main(int argc, char **argv)
{
    return run_tests(tests, COUNT(tests), argc, argv);
}
