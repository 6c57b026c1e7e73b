/* A gateway that trusts a delivery only once it is verified. A UART or a modem brings the
 * bytes: first the raw head, then the body in pieces. */

#include "board.h"
#include "delivery.h"

#include <hooksig.h>
#include <string.h>

enum { PIECE = 64, HEAD_ROOM = 1024, BODY_ROOM = 1024, GUARD_LEN = 16 };

/* Bytes of the delivery: a digit of its Date, a letter of its body. */
enum { OF_DATE = 171, OF_BODY = DELIVERY_HEAD_LEN + 12 };

static const char SECRET[] = DELIVERY_SECRET;
static const char OTHER_SECRET[] = "00000000000000000000000000000000";

/* The input: the delivery up to the byte at which the connection breaks. One byte may be
 * changed. */
struct modem {
    size_t at;
    size_t changed;
    size_t end;
};

struct line {
    hooksig_key key;
    hooksig_replay_entry guard[GUARD_LEN];
    char head[HEAD_ROOM];
    uint8_t body[BODY_ROOM];
    size_t head_len, body_len;
};

static struct line line;

/* Reads up to len bytes; none at the end. */
static size_t modem_read(struct modem *modem, void *room, size_t len)
{
    uint8_t *bytes = room;
    if (len > modem->end - modem->at)
        len = modem->end - modem->at;
    for (size_t end = modem->at + len; modem->at < end; modem->at++)
        *bytes++ = delivery[modem->at] ^ (modem->at == modem->changed);
    return len;
}

/* Reads to the empty line, or until the buffer is full. */
static void read_head(struct modem *modem)
{
    line.head_len = 0;
    while (line.head_len < HEAD_ROOM && modem_read(modem, line.head + line.head_len, 1) == 1) {
        line.head_len++;
        if (line.head_len >= 4 && memcmp(line.head + line.head_len - 4, "\r\n\r\n", 4) == 0)
            break;
    }
}

/* Keeps the body, and does not read it before the verdict. A body that breaks off is refused. */
static void read_body(struct modem *modem, size_t len)
{
    line.body_len = 0;
    while (line.body_len < len) {
        uint8_t *piece = line.body + line.body_len;
        size_t left = len - line.body_len;
        size_t piece_len = modem_read(modem, piece, left < PIECE ? left : PIECE);
        if (piece_len == 0)
            break;
        line.body_len += piece_len;
    }
}

static hooksig_status receive(struct modem modem, int64_t now, hooksig_received *received)
{
    const hooksig_receiver receiver = {
        .keys = &line.key, .keys_len = 1, .now = now, .guard = line.guard, .guard_len = GUARD_LEN};
    hooksig_pending_body pending;
    size_t head_len, body_len;
    read_head(&modem);
    hooksig_status status = hooksig_head_body_len(line.head, line.head_len, &head_len, &body_len);
    if (status == HOOKSIG_STATUS_OK && body_len > BODY_ROOM)
        status = HOOKSIG_STATUS_BUFFER_TOO_SMALL;
    if (status == HOOKSIG_STATUS_OK)
        status = hooksig_begin_head(&pending, &receiver, line.head, head_len);
    if (status != HOOKSIG_STATUS_PENDING)
        return status;
    read_body(&modem, body_len);
    return hooksig_pending_body_receive_head(&pending, &receiver, line.head, head_len, line.body,
                                             line.body_len, received);
}

static void print_text(const uint8_t *text, size_t len)
{
    char shown[32] = {0};
    memcpy(shown, text, len < sizeof shown ? len : sizeof shown - 1);
    board_print(shown);
}

static void print_refusal(hooksig_status status)
{
    board_print("refused: ");
    board_print(hooksig_status_name(status));
    board_print(": ");
    board_print(hooksig_status_text(status));
    board_print("\n");
}

static void print_delivery(const hooksig_delivery *read)
{
    board_print("verified: ");
    print_text(line.body + read->event_at, read->event_len);
    board_print(" ");
    print_text(line.body + read->action_at, read->action_len);
    board_print("\n");
}

static void demonstrate(const char *title, const char *secret, struct modem modem, int64_t now)
{
    hooksig_received received = {0};
    hooksig_status status = hooksig_key_init(&line.key, secret, strlen(secret));
    if (status == HOOKSIG_STATUS_OK)
        status = receive(modem, now, &received);
    board_print(title);
    board_print(": ");
    if (status == HOOKSIG_STATUS_OK)
        print_delivery(&received.delivery);
    else
        print_refusal(status);
    hooksig_key_wipe(&line.key);
}

static void print_field(const char *name, const char *value)
{
    board_print(name);
    board_print(": ");
    board_print(value);
    board_print("\n");
}

/* Signs the last received delivery, as the server had. */
static hooksig_status sign(void)
{
    hooksig_key key;
    hooksig_delivery_headers headers;
    hooksig_status status = hooksig_key_init(&key, SECRET, strlen(SECRET));
    if (status == HOOKSIG_STATUS_OK)
        status = hooksig_delivery_sign(&key, line.body, line.body_len, DELIVERY_SENT, &headers);
    hooksig_key_wipe(&key);
    if (status == HOOKSIG_STATUS_OK) {
        board_print("signed:\n");
        print_field("Date", headers.date);
        print_field("Digest", headers.digest);
        print_field("Signature", headers.signature);
    }
    return status;
}

int main(void)
{
    const struct modem genuine = {0, DELIVERY_LEN, DELIVERY_LEN};
    const struct modem other_date = {0, OF_DATE, DELIVERY_LEN};
    const struct modem other_body = {0, OF_BODY, DELIVERY_LEN};
    const struct modem half_a_head = {0, DELIVERY_LEN, DELIVERY_HEAD_LEN / 2};
    const struct modem half_a_body = {0, DELIVERY_LEN, OF_BODY};
    demonstrate("another secret", OTHER_SECRET, genuine, DELIVERY_SENT + 1);
    demonstrate("delivered too late", SECRET, genuine, DELIVERY_SENT + 301);
    demonstrate("head changed on the way", SECRET, other_date, DELIVERY_SENT + 1);
    demonstrate("body changed on the way", SECRET, other_body, DELIVERY_SENT + 1);
    demonstrate("broken off in the head", SECRET, half_a_head, DELIVERY_SENT + 1);
    demonstrate("broken off in the body", SECRET, half_a_body, DELIVERY_SENT + 1);
    demonstrate("as recorded", SECRET, genuine, DELIVERY_SENT + 1);
    demonstrate("sent again", SECRET, genuine, DELIVERY_SENT + 2);
    return sign() == HOOKSIG_STATUS_OK ? 0 : 1;
}
