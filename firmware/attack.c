/* Attacks the verifier with the recorded delivery: broken off anywhere, cut into pieces of any
 * size, with any bit changed. Prints the number of refusals for each reason. */

#include "board.h"
#include "delivery.h"

#include <hooksig.h>
#include <string.h>

enum { STATUSES = 64, DATE_LEN = 29, DIGEST_LEN = 52, SIGNATURE_LEN = 44 };

static char head[DELIVERY_HEAD_LEN + 1];
static uint8_t body[DELIVERY_BODY_LEN + 1];
static hooksig_key key;
static unsigned counts[STATUSES];

static void restore(void)
{
    memcpy(head, delivery, DELIVERY_HEAD_LEN);
    memcpy(body, delivery + DELIVERY_HEAD_LEN, DELIVERY_BODY_LEN);
}

/* Returns the verdict on a delivery whose body comes in pieces of this size. */
static hooksig_status verdict(size_t head_len, size_t body_len, size_t piece)
{
    hooksig_pending_body pending;
    hooksig_verified verified;
    const hooksig_receiver receiver = {.keys = &key, .keys_len = 1, .now = DELIVERY_SENT};
    hooksig_status status = hooksig_begin_head(&pending, &receiver, head, head_len);
    for (size_t at = 0; status == HOOKSIG_STATUS_PENDING && at < body_len; at += piece) {
        size_t left = body_len - at;
        status = hooksig_pending_body_update(&pending, body + at, left < piece ? left : piece);
    }
    if (status == HOOKSIG_STATUS_PENDING)
        status = hooksig_pending_body_finish(&pending, &verified);
    counts[status < STATUSES ? status : STATUSES - 1]++;
    return status;
}

static void print_number(unsigned number)
{
    char digits[12] = {0};
    size_t at = sizeof digits - 1;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    board_print(digits + at);
}

/* Prints and clears the counts. */
static void print_counts(const char *attack)
{
    board_print(attack);
    board_print(":\n");
    for (int32_t status = 0; status < STATUSES; status++) {
        if (counts[status] > 0) {
            board_print("  ");
            board_print(hooksig_status_name(status));
            board_print(" ");
            print_number(counts[status]);
            board_print("\n");
        }
    }
    memset(counts, 0, sizeof counts);
}

static void break_off(void)
{
    for (size_t len = 0; len < DELIVERY_HEAD_LEN; len++)
        (void)verdict(len, DELIVERY_BODY_LEN, 64);
    print_counts("head broken off");
    for (size_t len = 0; len < DELIVERY_BODY_LEN; len++)
        (void)verdict(DELIVERY_HEAD_LEN, len, 64);
    (void)verdict(DELIVERY_HEAD_LEN, DELIVERY_BODY_LEN + 1, 64);
    print_counts("body broken off, or an octet too long");
}

static void cut(void)
{
    for (size_t piece = 1; piece <= DELIVERY_BODY_LEN; piece++)
        (void)verdict(DELIVERY_HEAD_LEN, DELIVERY_BODY_LEN, piece);
    print_counts("body in pieces of each size");
}

static void flip(uint8_t *octets, size_t len)
{
    for (size_t bit = 0; bit < 8 * len; bit++) {
        uint8_t mask = (uint8_t)(1 << bit % 8);
        octets[bit / 8] ^= mask;
        (void)verdict(DELIVERY_HEAD_LEN, DELIVERY_BODY_LEN, 64);
        octets[bit / 8] ^= mask;
    }
}

/* Changes each bit of len bytes after the text in the head. */
static void flip_after(const char *text, size_t len)
{
    flip((uint8_t *)strstr(head, text) + strlen(text), len);
}

int main(void)
{
    restore();
    if (hooksig_key_init(&key, (const uint8_t *)DELIVERY_SECRET, sizeof DELIVERY_SECRET - 1))
        return 1;
    break_off();
    cut();
    flip((uint8_t *)head, DELIVERY_HEAD_LEN);
    print_counts("each bit of the head changed, of which most is not signed");
    flip_after("\r\nDate: ", DATE_LEN);
    flip_after("\r\nDigest: ", DIGEST_LEN);
    flip_after("signature=\"", SIGNATURE_LEN);
    print_counts("each bit of what is signed, and of the signature, changed");
    flip(body, DELIVERY_BODY_LEN);
    print_counts("each bit of the body changed");
    return 0;
}
