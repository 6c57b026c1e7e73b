/* Measures a verification in C: `cost DELIVERY.http` prints the median in nanoseconds. */
#define _POSIX_C_SOURCE 199309L
#include "check.h"

#include <time.h>

enum { BATCHES = 301, CALLS = 1000, MAX_HEADERS = 32 };

static hooksig_header headers[MAX_HEADERS];
static hooksig_request request = {"POST", 4, "/", 1, headers, 0};

/* Splits the lines after the first into headers, and returns the rest after the empty line. */
static const char *read_headers(const char *text)
{
    const char *line = strstr(text, "\r\n") + 2;
    while (*line != '\r' && request.headers_len < MAX_HEADERS) {
        const char *colon = strchr(line, ':'), *end = strstr(line, "\r\n");
        headers[request.headers_len++] =
            (hooksig_header){line, (size_t)(colon - line), colon + 2, (size_t)(end - colon - 2)};
        line = end + 2;
    }
    return line + 2;
}

static int64_t date_of_request(void)
{
    int64_t date = 0;
    for (size_t i = 0; i < request.headers_len; i++)
        if (headers[i].name_len == 4 && memcmp(headers[i].name, "Date", 4) == 0 &&
            hooksig_date_parse(headers[i].value, headers[i].value_len, 0, &date) ==
                HOOKSIG_STATUS_OK)
            return date;
    give_up("the delivery has no date");
    return 0;
}

static double nanoseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double batch(const hooksig_key *key, const uint8_t *body, size_t body_len, int64_t now)
{
    hooksig_receiver receiver = receiver_of(key, 1, now);
    double start = nanoseconds();
    for (int i = 0; i < CALLS; i++) {
        hooksig_verified verified;
        if (hooksig_verify(&receiver, &request, body, body_len, &verified) != HOOKSIG_STATUS_OK)
            give_up("the delivery is refused");
    }
    return (nanoseconds() - start) / CALLS;
}

static int compare(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
    static double costs[BATCHES];
    size_t len;
    if (argc != 2)
        give_up("usage: cost DELIVERY.http");
    char *file = read_file(argv[1], &len), *text = (char *)allocate(len + 1);
    memcpy(text, file, len);
    text[len] = '\0';
    const char *body = read_headers(text);
    hooksig_key key = key_of(SECRET);
    int64_t now = date_of_request();
    for (int i = 0; i < BATCHES; i++)
        costs[i] = batch(&key, (const uint8_t *)body, (size_t)(text + len - body), now);
    qsort(costs, BATCHES, sizeof costs[0], compare);
    printf("%.1f\n", costs[BATCHES / 2]);
    free(text);
    free(file);
    return EXIT_SUCCESS;
}
