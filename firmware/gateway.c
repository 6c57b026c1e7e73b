/* A gateway that believes a delivery only once it is verified. The octets come as a UART or a modem
 * brings them: first the raw head, then the body in pieces. */

#include "board.h"
#include "delivery.h"

#include <hooksig.h>
#include <string.h>

enum { PIECE = 64, HEAD_ROOM = 1024, BODY_ROOM = 1024 };

/* Octets of the delivery: a digit of its Date, a letter of its body. */
enum { OF_DATE = 171, OF_BODY = DELIVERY_HEAD_LEN + 12 };

static const char SECRET[] = DELIVERY_SECRET;
static const char OTHER_SECRET[] = "00000000000000000000000000000000";

/* What comes in over the line: the delivery, in which one octet may have been changed on the way, up
 * to the octet at which the line breaks. */
struct modem {
    size_t at;
    size_t changed;
    size_t end;
};

struct receiver {
    hooksig_key key;
    char head[HEAD_ROOM];
    uint8_t body[BODY_ROOM];
    size_t body_len;
};

static struct receiver receiver;

/* Up to len octets; none at the end. */
static size_t modem_read(struct modem *modem, void *room, size_t len)
{
    uint8_t *octets = room;
    if (len > modem->end - modem->at)
        len = modem->end - modem->at;
    for (size_t end = modem->at + len; modem->at < end; modem->at++)
        *octets++ = delivery[modem->at] ^ (modem->at == modem->changed);
    return len;
}

/* Reads to the empty line, as far as there is room, and gives the length. */
static size_t read_head(struct modem *modem)
{
    size_t len = 0;
    while (len < HEAD_ROOM && modem_read(modem, receiver.head + len, 1) == 1) {
        len++;
        if (len >= 4 && memcmp(receiver.head + len - 4, "\r\n\r\n", 4) == 0)
            break;
    }
    return len;
}

/* The body is kept, and not looked into before the verdict. One that does not fit is cut off, and
 * then is not the one that was signed. */
static hooksig_status receive(struct modem modem, int64_t now, hooksig_verified *verified)
{
    hooksig_pending_body pending;
    size_t head_len = read_head(&modem);
    hooksig_status status =
        hooksig_begin_head(&pending, &receiver.key, 1, NULL, now, receiver.head, head_len);
    receiver.body_len = 0;
    while (status == HOOKSIG_STATUS_OK && receiver.body_len <= BODY_ROOM - PIECE) {
        uint8_t *piece = receiver.body + receiver.body_len;
        size_t len = modem_read(&modem, piece, PIECE);
        if (len == 0)
            break;
        status = hooksig_pending_body_update(&pending, piece, len);
        receiver.body_len += len;
    }
    return status == HOOKSIG_STATUS_OK ? hooksig_pending_body_finish(&pending, verified) : status;
}

static void print_text(const uint8_t *text, size_t len)
{
    char line[32] = {0};
    memcpy(line, text, len < sizeof line ? len : sizeof line - 1);
    board_print(line);
}

static void print_refusal(hooksig_status status)
{
    board_print("refused: ");
    board_print(hooksig_status_name(status));
    board_print(": ");
    board_print(hooksig_status_text(status));
    board_print("\n");
}

static void print_delivery(void)
{
    hooksig_delivery read;
    hooksig_status status = hooksig_delivery_read(receiver.body, receiver.body_len, NULL, 0, &read);
    if (status != HOOKSIG_STATUS_OK) {
        print_refusal(status);
        return;
    }
    board_print("verified: ");
    print_text(receiver.body + read.event_at, read.event_len);
    board_print(" ");
    print_text(receiver.body + read.action_at, read.action_len);
    board_print("\n");
}

static void demonstrate(const char *title, const char *secret, struct modem modem, int64_t now)
{
    hooksig_verified verified;
    hooksig_status status =
        hooksig_key_init(&receiver.key, (const uint8_t *)secret, strlen(secret));
    if (status == HOOKSIG_STATUS_OK)
        status = receive(modem, now, &verified);
    board_print(title);
    board_print(": ");
    if (status == HOOKSIG_STATUS_OK)
        print_delivery();
    else
        print_refusal(status);
    hooksig_key_wipe(&receiver.key);
}

static void print_field(const char *name, const char *value)
{
    board_print(name);
    board_print(": ");
    board_print(value);
    board_print("\n");
}

/* Signs what was received last, as the server had. */
static hooksig_status sign(void)
{
    hooksig_key key;
    hooksig_delivery_headers headers;
    hooksig_status status = hooksig_key_init(&key, (const uint8_t *)SECRET, strlen(SECRET));
    if (status == HOOKSIG_STATUS_OK)
        status = hooksig_delivery_sign(&key, receiver.body, receiver.body_len, DELIVERY_SENT, &headers);
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
    return sign() == HOOKSIG_STATUS_OK ? 0 : 1;
}
