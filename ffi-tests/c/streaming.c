/* Runs the streaming example of the header, which checks/header.sh extracts, on socket pairs. */
#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static hooksig_key key;
static hooksig_replay_entry guard[4096];

#include "streaming-example.h"

enum { WHOLE = 1 << 16 };
#define BODY "{\"event\":\"user\",\"action\":\"created\",\"n\":\"%08d\"}"

/* A request, the next one of a sender. */
struct sent {
    char text[2 * MAX_HEAD];
    size_t head_len, len;
};

static struct sent request_of(const char *method, const char *event, const char *more)
{
    static int count;
    struct sent sent;
    char body[128];
    hooksig_delivery_headers fields;
    size_t body_len = (size_t)snprintf(body, sizeof body, BODY, count++);
    if (hooksig_delivery_sign(&key, body, body_len, time(NULL), &fields) != HOOKSIG_STATUS_OK)
        give_up("cannot sign");
    sent.head_len = (size_t)snprintf(
        sent.text, sizeof sent.text,
        "%s /hooks HTTP/1.1\r\nX-Drone-Event: %s\r\nDate: %s\r\nDigest: %s\r\n"
        "Signature: %s\r\nContent-Length: %zu\r\n%s\r\n",
        method, event, fields.date, fields.digest, fields.signature, body_len, more);
    memcpy(sent.text + sent.head_len, body, body_len);
    sent.len = sent.head_len + body_len;
    return sent;
}

static struct sent genuine(void)
{
    return request_of("POST", "user", "");
}

/* Serves a connection on which len bytes arrive, first bytes at first and then in pieces. */
static int answer_to(const char *text, size_t len, size_t first, size_t piece)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
        give_up("no sockets");
    for (size_t at = 0, next = first; at < len; at += next, next = piece) {
        next = len - at < next ? len - at : next;
        if (send(pair[0], text + at, next, 0) != (ssize_t)next)
            give_up("cannot send");
    }
    shutdown(pair[0], SHUT_WR);
    int answer = serve(pair[1]);
    close(pair[0]);
    close(pair[1]);
    return answer;
}

static int answer_of(const struct sent *sent)
{
    return answer_to(sent->text, sent->len, WHOLE, WHOLE);
}

static void accepts_however_it_arrives(void)
{
    struct sent sent = genuine();
    check(answer_of(&sent) == 204, "a delivery at once is accepted");
    check(answer_of(&sent) == 401, "the same delivery is refused");
    sent = genuine();
    check(answer_to(sent.text, sent.len, sent.head_len, WHOLE) == 204,
          "so is a body after its head");
    sent = genuine();
    check(answer_to(sent.text, sent.len, sent.head_len + 5, 7) == 204, "so are pieces of a body");
    sent = genuine();
    check(answer_to(sent.text, sent.len, 3, 200) == 204, "so are pieces of a head");
    sent = genuine();
    memcpy(sent.text + sent.len, "POST / HTTP/1.1\r\n", 17);
    sent.len += 17;
    check(answer_of(&sent) == 204, "so is a delivery before the next request");
}

static void refuses_changes(void)
{
    struct sent sent = genuine();
    char *event = strstr(sent.text, "user");
    memcpy(event, "repo", 4);
    check(answer_of(&sent) == 401, "a changed X-Drone-Event is refused");
    memcpy(event, "user", 4);
    check(answer_of(&sent) == 204, "and the delivery that it was made of is not claimed");
    sent = genuine();
    sent.text[sent.len - 3] ^= 1;
    check(answer_of(&sent) == 401, "a changed body is refused");
    sent = genuine();
    strstr(sent.text, "signature=\"")[20] ^= 1;
    check(answer_to(sent.text, sent.head_len, WHOLE, WHOLE) == 401,
          "a changed signature is refused before the body comes");
}

static void refuses_what_it_cannot_read(void)
{
    struct sent sent = genuine();
    check(answer_to(sent.text, sent.len - 1, WHOLE, WHOLE) == 0, "a short body is dropped");
    check(answer_to(sent.text, sent.head_len, WHOLE, WHOLE) == 0,
          "a body that is missing is dropped");
    check(answer_to(sent.text, sent.head_len - 1, WHOLE, WHOLE) == 0, "a short head is dropped");
    check(answer_of(&sent) == 204, "and the whole delivery is accepted after that");
    sent = request_of("GET", "user", "");
    check(answer_of(&sent) == 405, "another method is refused");
    sent = request_of("POST", "user", "Transfer-Encoding: chunked\r\n");
    check(answer_of(&sent) == 400, "a transfer coding is refused");
    memcpy(strstr(sent.text, "Transfer-Encoding: chunked"), "X-Another-Field: of length", 26);
    check(answer_of(&sent) == 204, "another field is accepted");
    memset(sent.text, 'a', sizeof sent.text);
    check(answer_to(sent.text, sizeof sent.text, 4096, 4096) == 431, "a long head is refused");
    const char *lengths[] = {"65537", "9223372036854775807"};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        int len = snprintf(sent.text, sizeof sent.text,
                           "POST / HTTP/1.1\r\nContent-Length: %s\r\n\r\n", lengths[i]);
        check(answer_to(sent.text, (size_t)len, WHOLE, WHOLE) == 413, "a body of %s is refused",
              lengths[i]);
    }
}

/* The header says that a guard can be full when half of it is in use. */
static void tells_of_a_full_guard(void)
{
    int accepted = 0, answer;
    do {
        struct sent sent = genuine();
        answer = answer_of(&sent);
        accepted += answer == 204;
    } while (answer == 204);
    check(answer == 503 && accepted > 4096 / 2 - 100 && accepted <= 4096,
          "a full guard is told, after %d deliveries", accepted);
}

int main(void)
{
    key = key_of(SECRET);
    accepts_however_it_arrives();
    refuses_changes();
    refuses_what_it_cannot_read();
    tells_of_a_full_guard();
    hooksig_key_wipe(&key);
    return outcome();
}
