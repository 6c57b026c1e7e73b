/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A receiver of Drone webhooks. It answers 204 to a delivery that is genuine and new, 503 if the
 * replay guard is full, and 401 with one fixed text to any other. It logs each request in a line on
 * standard error, with the reason:
 *
 *     2026-11-23T07:41:31Z 127.0.0.1:40122 accepted ok user:created key=0
 *     2026-11-23T07:41:32Z 127.0.0.1:40123 refused signature-mismatch -:- key=-
 *
 * If the log is not read and its pipe is full, lines are counted instead of written.
 *
 * One thread serves all connections, so nothing here needs a lock. A connection takes at most
 * CONNECTION_MEMORY bytes, and --max-body more once the head of its request is verified.
 */
#define _POSIX_C_SOURCE 200809L

#include "connections.h"
#include "fields.h"
#include "log.h"
#include "options.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    CONNECTION_MEMORY = 32 * 1024,
    IDLE_SECONDS = 10 /* a connection is closed after this silence */
};

struct receiver {
    struct options options;
    struct log log;
    struct connections connections;
    hooksig_replay_entry *guard;
};

/* One request, from its first line to its end. */
struct delivery {
    enum { BEFORE_HEAD, IN_BODY, BODY_TOO_LARGE, ANSWERED } stage;
    hooksig_pending_body pending;
    uint8_t *body;
    size_t body_len, body_capacity, dropped;
    bool is_accepted; /* received is set only if this is true */
    hooksig_received received;
    char target[]; /* as received; the url of MHD has no query and no escapes */
};

static void log_delivery(struct receiver *receiver, struct MHD_Connection *connection,
                         const struct delivery *delivery, const char *verdict, const char *reason)
{
    const hooksig_delivery *content = &delivery->received.delivery;
    const struct line line = {
        .peer =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr,
        .verdict = verdict,
        .reason = reason,
        .event = {delivery->body + content->event_at, content->event_len},
        .action = {delivery->body + content->action_at, content->action_len},
        .has_key = delivery->is_accepted,
        .key_index = delivery->received.verified.key_index,
    };
    log_write(&receiver->log, &line);
}

struct answer {
    unsigned code;
    char *text;
    const char *field, *value;
};

static const struct answer accepted = {MHD_HTTP_NO_CONTENT, "", NULL, NULL};
/* The same answer to every fault, so that the sender learns nothing from a difference. */
static const struct answer unauthorized = {MHD_HTTP_UNAUTHORIZED, "unauthorized\n",
                                           "WWW-Authenticate", "Signature"};
static const struct answer not_allowed = {MHD_HTTP_METHOD_NOT_ALLOWED, "method not allowed\n",
                                          "Allow", "POST"};
/* Only a genuine delivery gets this. */
static const struct answer unavailable = {503, "replay guard full\n", NULL, NULL};
static const struct answer malformed = {400, "malformed header field\n", NULL, NULL};
static const struct answer ambiguous = {400, "ambiguous length\n", NULL, NULL};
static const struct answer too_large = {413, "body too large\n", NULL, NULL};
static const struct answer too_many = {431, "too many header fields\n", NULL, NULL};

/* Every refusal closes the connection. After a refused head it has to, because MHD does not read the
 * body then; linger() discards it. */
static enum MHD_Result send_answer(struct receiver *receiver, struct MHD_Connection *connection,
                                   struct delivery *delivery, const struct answer *answer,
                                   const char *reason)
{
    log_delivery(receiver, connection, delivery, answer == &accepted ? "accepted" : "refused",
                 reason);
    delivery->stage = ANSWERED;
    struct MHD_Response *response = MHD_create_response_from_buffer(
        strlen(answer->text), answer->text, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    if (answer->field != NULL)
        MHD_add_response_header(response, answer->field, answer->value);
    if (answer != &accepted)
        MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result queued = MHD_queue_response(connection, answer->code, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result send_verdict(struct receiver *receiver, struct MHD_Connection *connection,
                                    struct delivery *delivery, hooksig_status status)
{
    const struct answer *answer = status == HOOKSIG_STATUS_OK                  ? &accepted
                                  : status == HOOKSIG_STATUS_REPLAY_GUARD_FULL ? &unavailable
                                                                               : &unauthorized;
    return send_answer(receiver, connection, delivery, answer, hooksig_status_name(status));
}

static hooksig_receiver settings_of(const struct receiver *receiver)
{
    return (hooksig_receiver){
        .keys = receiver->options.keys,
        .keys_len = receiver->options.keys_len,
        .now = (int64_t)time(NULL),
        .guard = receiver->guard,
        .guard_len = receiver->options.guard_len,
    };
}

static hooksig_request request_of(const char *method, const char *target,
                                  const struct fields *fields)
{
    return (hooksig_request){
        .method = method,
        .method_len = strlen(method),
        .target = target,
        .target_len = strlen(target),
        .headers = fields->list,
        .headers_len = fields->len,
    };
}

/* Verifies the head, so that nobody without the secret makes the receiver hash or keep a body. */
static hooksig_status begin(const struct receiver *receiver, const char *method,
                            const struct fields *fields, struct delivery *delivery)
{
    const hooksig_receiver settings = settings_of(receiver);
    const hooksig_request request = request_of(method, delivery->target, fields);
    return hooksig_begin(&delivery->pending, &settings, &request);
}

static enum MHD_Result on_head(struct receiver *receiver, struct MHD_Connection *connection,
                               const char *method, const char *version, struct delivery *delivery)
{
    struct fields fields;
    /* MHD has checked that the length, if there is one, is a number; a chunked body has none. */
    const char *length =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    unsigned long long announced =
        length == NULL ? receiver->options.max_body : strtoull(length, NULL, 10);
    if (strcmp(method, "POST") != 0)
        return send_answer(receiver, connection, delivery, &not_allowed, "method-not-allowed");
    if (MHD_get_connection_values(connection, MHD_HEADER_KIND, NULL, NULL) > MAX_FIELDS)
        return send_answer(receiver, connection, delivery, &too_many, "too-many-fields");
    fields_collect(&fields, connection);
    if (fields.is_malformed)
        return send_answer(receiver, connection, delivery, &malformed, "malformed-field");
    if (fields_have_ambiguous_length(&fields, version))
        return send_answer(receiver, connection, delivery, &ambiguous, "ambiguous-length");
    if (announced > receiver->options.max_body)
        return send_answer(receiver, connection, delivery, &too_large, "body-too-large");
    hooksig_status status = begin(receiver, method, &fields, delivery);
    if (status != HOOKSIG_STATUS_PENDING)
        return send_verdict(receiver, connection, delivery, status);
    delivery->stage = IN_BODY;
    delivery->body_capacity = (size_t)announced;
    delivery->body = malloc(delivery->body_capacity + 1); /* never NULL for an empty body */
    return delivery->body == NULL ? MHD_NO : MHD_YES;
}

/* Discards a chunk of a body that is too large, because MHD takes no answer before its end. */
static enum MHD_Result drop_chunk(struct MHD_Connection *connection, struct delivery *delivery,
                                  size_t len)
{
    if (delivery->dropped == 0)
        connections_set_deadline(connection, DRAIN_SECONDS);
    delivery->dropped += len;
    return delivery->dropped <= DRAINED_BYTES ? MHD_YES : MHD_NO;
}

/* Keeps a chunk, unread until the verdict. MHD_NO closes the connection. */
static enum MHD_Result on_chunk(struct MHD_Connection *connection, struct delivery *delivery,
                                const char *chunk, size_t len)
{
    if (len > delivery->body_capacity - delivery->body_len)
        delivery->stage = BODY_TOO_LARGE;
    if (delivery->stage == BODY_TOO_LARGE)
        return drop_chunk(connection, delivery, len);
    memcpy(delivery->body + delivery->body_len, chunk, len);
    delivery->body_len += len;
    return MHD_YES;
}

/* Checks the body, the event and the fields of a complete delivery, then claims it. */
static hooksig_status finish(const struct receiver *receiver, struct MHD_Connection *connection,
                             const char *method, struct delivery *delivery)
{
    struct fields fields;
    fields_collect(&fields, connection);
    const hooksig_receiver settings = settings_of(receiver);
    const hooksig_request request = request_of(method, delivery->target, &fields);
    hooksig_status status =
        hooksig_pending_body_receive(&delivery->pending, &settings, &request, delivery->body,
                                     delivery->body_len, &delivery->received);
    delivery->is_accepted = status == HOOKSIG_STATUS_OK;
    return status;
}

/* MHD calls this first, and passes the result back as *request. */
static void *on_request_line(void *cls, const char *target, struct MHD_Connection *connection)
{
    size_t size = strlen(target) + 1;
    struct delivery *delivery = calloc(1, sizeof *delivery + size);
    (void)cls, (void)connection;
    if (delivery != NULL)
        memcpy(delivery->target, target, size);
    return delivery;
}

/* MHD calls this with the head, then with every chunk, then with a *len of 0. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *chunk,
                                  size_t *len, void **request)
{
    struct receiver *receiver = cls;
    struct delivery *delivery = *request;
    size_t chunk_len = *len;
    (void)url;
    if (delivery == NULL)
        return MHD_NO;
    if (delivery->stage == BEFORE_HEAD)
        return on_head(receiver, connection, method, version, delivery);
    *len = 0;
    if (chunk_len > 0)
        return on_chunk(connection, delivery, chunk, chunk_len);
    if (delivery->stage == BODY_TOO_LARGE)
        return send_answer(receiver, connection, delivery, &too_large, "body-too-large");
    return send_verdict(receiver, connection, delivery,
                        finish(receiver, connection, method, delivery));
}

static void on_end(void *cls, struct MHD_Connection *connection, void **request,
                   enum MHD_RequestTerminationCode why)
{
    struct receiver *receiver = cls;
    struct delivery *delivery = *request;
    (void)why;
    connections_set_deadline(connection, REQUEST_SECONDS);
    if (delivery == NULL)
        return;
    if (delivery->stage == BODY_TOO_LARGE)
        log_delivery(receiver, connection, delivery, "refused", "body-too-large");
    else if (delivery->stage != ANSWERED)
        log_delivery(receiver, connection, delivery, "dropped", "incomplete");
    free(delivery->body);
    free(delivery);
}

static volatile sig_atomic_t stopped;

static void stop(int received)
{
    (void)received;
    stopped = 1;
}

/* Opens standard streams that are closed. Otherwise a socket could get the number of standard error,
 * and its sender would read the log. */
static void open_standard_streams(void)
{
    int file;
    do
        file = open("/dev/null", O_RDWR);
    while (file >= 0 && file <= STDERR_FILENO);
    if (file < 0)
        exit(2);
    close(file);
}

/* Raises the limit of open files, because the usual 1024 is too low for MAX_CONNECTIONS. */
static void raise_file_limit(void)
{
    const rlim_t wanted = MAX_CONNECTIONS + MAX_LINGERING + 64;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= wanted)
        return;
    files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
    setrlimit(RLIMIT_NOFILE, &files);
}

static struct MHD_Daemon *start(struct receiver *receiver)
{
    const char *address = receiver->options.address;
    struct addrinfo *found, hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    if (getaddrinfo(address, receiver->options.port, &hints, &found) != 0)
        fail(address, "not an IP address");
    bool is_v6 = found->ai_family == AF_INET6;
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_AUTO | (is_v6 ? MHD_USE_IPv6 : 0), 0, NULL, NULL, on_request, receiver,
        MHD_OPTION_SOCK_ADDR, found->ai_addr, MHD_OPTION_URI_LOG_CALLBACK, on_request_line, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, on_end, receiver, MHD_OPTION_NOTIFY_CONNECTION,
        connections_notify, &receiver->connections, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_LIMIT, (unsigned)MAX_CONNECTIONS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    freeaddrinfo(found);
    if (daemon == NULL)
        fail(address, "cannot listen there");
    printf(is_v6 ? "listening on [%s]:%u\n" : "listening on %s:%u\n", address,
           (unsigned)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    return daemon;
}

int main(int argc, char **argv)
{
    static struct receiver receiver;
    struct options *options = &receiver.options;
    open_standard_streams();
    options_read(options, argc, argv);
    receiver.guard = calloc(options->guard_len, sizeof *receiver.guard); /* zeros: empty */
    if (receiver.guard == NULL)
        fail("--guard", "not enough memory");
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ); /* a line of the log is one write */
    raise_file_limit();

    const struct sigaction on_stop = {.sa_handler = stop};
    sigaction(SIGTERM, &on_stop, NULL);
    sigaction(SIGINT, &on_stop, NULL);
    signal(SIGPIPE, SIG_IGN);

    struct MHD_Daemon *daemon = start(&receiver);
    while (!stopped) {
        MHD_run_wait(daemon, connections_drain(&receiver.connections));
        connections_cut_off_the_slow(&receiver.connections);
        log_tell_lost_lines(&receiver.log);
    }
    MHD_stop_daemon(daemon);
    log_tell_lost_lines(&receiver.log);
    for (size_t i = 0; i < options->keys_len; i++)
        hooksig_key_wipe(&options->keys[i]);
    free(receiver.guard);
    return 0;
}
