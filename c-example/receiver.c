/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A receiver of Drone webhooks. It answers 204 to a delivery that is genuine and new, 503 if its
 * guard is too full to tell, and one fixed 401 to any other. It writes why to standard error, a line
 * for each:
 *
 *     2026-11-23T07:41:31Z 127.0.0.1:40122 accepted ok user:created key=0
 *     2026-11-23T07:41:32Z 127.0.0.1:40123 refused signature-mismatch -:- key=-
 *
 * A line that does not fit into the log, because nobody reads it, is counted instead of written.
 *
 * One thread serves all connections, so nothing here needs a lock. A connection costs at most
 * CONNECTION_MEMORY bytes, and --max-body more once the head of its request is genuine.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <hooksig.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_KEYS = 16,
    MAX_SECRET = 4096,
    MAX_FIELDS = 100,
    MAX_CONNECTIONS = 2048,
    CONNECTION_MEMORY = 32 * 1024,
    IDLE_SECONDS = 10,    /* a connection is closed after this silence, */
    REQUEST_SECONDS = 20, /* or if a request is not answered by then */
    DRAINED_OCTETS = 8 << 20, /* limit on the drained part of a refused body, */
    DRAIN_SECONDS = 5,        /* and on the time for it */
    MAX_LINGERING = 1024,
    MILLISECONDS_OF_WAIT = 500,
    MILLISECONDS_OF_LINGERING = 10,
    LOGGED_OCTETS = 40    /* of an event, and of an action */
};

/* A connection, with the time by which its request must have been answered. */
struct peer {
    int socket; /* 0: there is none */
    time_t deadline;
};

/* A connection that MHD has closed, whose sender may still be writing. */
struct lingering {
    int socket; /* 0: there is none */
    time_t deadline;
    size_t left;
};

struct receiver {
    struct peer peers[MAX_CONNECTIONS];
    struct lingering lingering[MAX_LINGERING];
    size_t next_lingering;
    hooksig_key keys[MAX_KEYS];
    size_t keys_len;
    hooksig_replay_entry *guard;
    size_t guard_len;
    size_t max_body;
    unsigned long long lost_lines; /* of the log, since it was last read */
};

/* One request, from its first line to its end. */
struct delivery {
    enum { BEFORE_HEAD, IN_BODY, BODY_TOO_LARGE, ANSWERED } stage;
    hooksig_pending_body pending;
    uint8_t *body;
    size_t body_len, body_capacity, dropped;
    bool is_accepted; /* only then is there anything in the next */
    hooksig_received received;
    char target[]; /* as received: MHD hands on a url without query and escapes */
};

/* Escapes a sender's text for the log, so that nobody can forge a line. */
static void escape(char out[4 * LOGGED_OCTETS + 1], const uint8_t *text, size_t len)
{
    out += sprintf(out, len == 0 ? "-" : "");
    for (size_t i = 0; i < len && i < LOGGED_OCTETS; i++) {
        bool is_plain = text[i] > ' ' && text[i] < 0x7f && text[i] != '\\';
        out += sprintf(out, is_plain ? "%c" : "\\x%02x", text[i]);
    }
}

/* Returns whether a line can be written at once. A log that nobody reads must not stall deliveries. */
static bool is_log_ready(void)
{
    struct pollfd log = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&log, 1, 0) == 1 && (log.revents & POLLOUT) != 0;
}

/* Tells how many lines were lost, once the log is read again. */
static void tell_lost_lines(unsigned long long *lost)
{
    if (*lost > 0 && is_log_ready()) {
        fprintf(stderr, "receiver: %llu lines were lost: nobody read those before\n", *lost);
        *lost = 0;
    }
}

static void log_origin(struct MHD_Connection *connection)
{
    char now[32] = "-", host[64] = "-", port[8] = "-";
    time_t seconds = time(NULL);
    struct tm utc;
    if (gmtime_r(&seconds, &utc) != NULL)
        strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", &utc);
    const struct sockaddr *peer =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    bool is_v6 = peer->sa_family == AF_INET6;
    getnameinfo(peer, is_v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in), host,
                sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    fprintf(stderr, is_v6 ? "%s [%s]:%s " : "%s %s:%s ", now, host, port);
}

static void log_delivery(struct receiver *receiver, struct MHD_Connection *connection,
                         const struct delivery *delivery, const char *verdict, const char *reason)
{
    tell_lost_lines(&receiver->lost_lines);
    if (receiver->lost_lines > 0 || !is_log_ready()) {
        receiver->lost_lines++;
        return;
    }
    char event[4 * LOGGED_OCTETS + 1], action[4 * LOGGED_OCTETS + 1], key[24] = "-";
    const hooksig_delivery *content = &delivery->received.delivery;
    escape(event, delivery->body + content->event_at, content->event_len);
    escape(action, delivery->body + content->action_at, content->action_len);
    if (delivery->is_accepted)
        snprintf(key, sizeof key, "%zu", delivery->received.verified.key_index);
    log_origin(connection);
    fprintf(stderr, "%s %s %s:%s key=%s\n", verdict, reason, event, action, key);
}

struct answer {
    unsigned code;
    char *text;
    const char *field, *value;
};

static const struct answer accepted = {MHD_HTTP_NO_CONTENT, "", NULL, NULL};
/* The sender is told the same whatever was wrong: it must not learn from the difference. */
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

/* Every refusal closes the connection, because one of the head alone has to: MHD does not read the
 * body then. See linger() for what becomes of it. */
static enum MHD_Result send_answer(struct receiver *receiver, struct MHD_Connection *connection,
                                   struct delivery *delivery, const struct answer *answer,
                                   const char *reason)
{
    log_delivery(receiver, connection, delivery, answer == &accepted ? "accepted" : "refused", reason);
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

struct fields {
    hooksig_header list[MAX_FIELDS];
    size_t len;
    bool is_malformed;
};

/* Returns whether all octets can be part of a field's name (RFC 9110, section 5.6.2). */
static bool is_token(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] <= ' ' || text[i] > '~' || strchr("\"(),/:;<=>?@[\\]{}", text[i]) != NULL)
            return false;
    }
    return len > 0;
}

static bool has_control_octet(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char octet = (unsigned char)text[i];
        if ((octet < ' ' && octet != '\t') || octet == 0x7f)
            return true;
    }
    return false;
}

/* Returns whether a field took more than one line. Before 0.9.76, MHD appends a continuation line to
 * the *name* and moves that elsewhere; later versions refuse it themselves. */
static bool is_folded(const char *name, size_t name_len, const char *value)
{
#if MHD_VERSION < 0x00097600
    while (value[-1] == ' ' || value[-1] == '\t')
        value--;
    return value != name + name_len + 1; /* one for the colon */
#else
    (void)name, (void)name_len, (void)value;
    return false;
#endif
}

static enum MHD_Result collect_field(void *cls, enum MHD_ValueKind kind, const char *name,
                                     size_t name_len, const char *value, size_t value_len)
{
    struct fields *fields = cls;
    (void)kind;
    if (!is_token(name, name_len) || has_control_octet(value, value_len) ||
        is_folded(name, name_len, value))
        fields->is_malformed = true;
    if (fields->is_malformed || fields->len == MAX_FIELDS)
        return MHD_NO;
    fields->list[fields->len++] = (hooksig_header){name, name_len, value, value_len};
    return MHD_YES;
}

static hooksig_receiver settings_of(const struct receiver *receiver)
{
    return (hooksig_receiver){
        .keys = receiver->keys,
        .keys_len = receiver->keys_len,
        .now = (int64_t)time(NULL),
        .guard = receiver->guard,
        .guard_len = receiver->guard_len,
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

/* Judges the head, so that nobody without the secret makes the receiver hash or keep a body. */
static hooksig_status begin(const struct receiver *receiver, const char *method,
                            const struct fields *fields, struct delivery *delivery)
{
    const hooksig_receiver settings = settings_of(receiver);
    const hooksig_request request = request_of(method, delivery->target, fields);
    return hooksig_begin(&delivery->pending, &settings, &request);
}

/* MHD takes the first length; a proxy in front may take another, and see another end of the body.
 * It reads a body of an unknown coding to the end of the connection. */
static bool has_ambiguous_length(const struct fields *fields, const char *version)
{
    unsigned lengths = 0;
    for (const hooksig_header *field = fields->list; field < fields->list + fields->len; field++) {
        bool is_coding = strcasecmp(field->name, "Transfer-Encoding") == 0;
        if (is_coding && (strcmp(version, "HTTP/1.1") != 0 || strcasecmp(field->value, "chunked") != 0))
            return true;
        lengths += is_coding || strcasecmp(field->name, "Content-Length") == 0;
    }
    return lengths > 1;
}

static enum MHD_Result on_head(struct receiver *receiver, struct MHD_Connection *connection,
                               const char *method, const char *version, struct delivery *delivery)
{
    struct fields fields = {.len = 0};
    /* MHD has checked that the length, if there is one, is a number; a chunked body has none. */
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    unsigned long long announced = length == NULL ? receiver->max_body : strtoull(length, NULL, 10);
    if (strcmp(method, "POST") != 0)
        return send_answer(receiver, connection, delivery, &not_allowed, "method-not-allowed");
    if (MHD_get_connection_values(connection, MHD_HEADER_KIND, NULL, NULL) > MAX_FIELDS)
        return send_answer(receiver, connection, delivery, &too_many, "too-many-fields");
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, collect_field, &fields);
    if (fields.is_malformed)
        return send_answer(receiver, connection, delivery, &malformed, "malformed-field");
    if (has_ambiguous_length(&fields, version))
        return send_answer(receiver, connection, delivery, &ambiguous, "ambiguous-length");
    if (announced > receiver->max_body)
        return send_answer(receiver, connection, delivery, &too_large, "body-too-large");
    hooksig_status status = begin(receiver, method, &fields, delivery);
    if (status != HOOKSIG_STATUS_PENDING)
        return send_verdict(receiver, connection, delivery, status);
    delivery->stage = IN_BODY;
    delivery->body_capacity = (size_t)announced;
    delivery->body = malloc(delivery->body_capacity + 1); /* never NULL for an empty body */
    return delivery->body == NULL ? MHD_NO : MHD_YES;
}

static void set_deadline(struct MHD_Connection *connection, time_t seconds)
{
    struct peer *peer =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    if (peer != NULL)
        peer->deadline = time(NULL) + seconds;
}

/* Drops a chunk of a body that is too large: MHD takes no answer before its end. */
static enum MHD_Result drop_chunk(struct MHD_Connection *connection, struct delivery *delivery,
                                  size_t len)
{
    if (delivery->dropped == 0)
        set_deadline(connection, DRAIN_SECONDS);
    delivery->dropped += len;
    return delivery->dropped <= DRAINED_OCTETS ? MHD_YES : MHD_NO;
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

/* Judges a complete delivery: body, event, fields, and last the claim. */
static hooksig_status finish(const struct receiver *receiver, struct MHD_Connection *connection,
                             const char *method, struct delivery *delivery)
{
    struct fields fields = {.len = 0};
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, collect_field, &fields);
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
    return send_verdict(receiver, connection, delivery, finish(receiver, connection, method, delivery));
}

static void on_end(void *cls, struct MHD_Connection *connection, void **request,
                   enum MHD_RequestTerminationCode why)
{
    struct receiver *receiver = cls;
    struct delivery *delivery = *request;
    (void)why;
    set_deadline(connection, REQUEST_SECONDS);
    if (delivery == NULL)
        return;
    if (delivery->stage == BODY_TOO_LARGE)
        log_delivery(receiver, connection, delivery, "refused", "body-too-large");
    else if (delivery->stage != ANSWERED)
        log_delivery(receiver, connection, delivery, "dropped", "incomplete");
    free(delivery->body);
    free(delivery);
}

/* Keeps a closed connection until its sender has stopped writing, with bounds. A socket that is closed
 * before that resets the connection, and the sender gets a broken pipe instead of the answer; a Drone
 * server then gives up all endpoints after this one. */
static void linger(struct receiver *receiver, int socket)
{
    struct lingering *slot = &receiver->lingering[receiver->next_lingering++ % MAX_LINGERING];
    int own = fcntl(socket, F_DUPFD_CLOEXEC, 1);
    if (own < 0)
        return;
    if (slot->socket != 0)
        close(slot->socket);
    shutdown(own, SHUT_WR);
    *slot = (struct lingering){own, time(NULL) + DRAIN_SECONDS, DRAINED_OCTETS};
}

/* Discards the available octets. Returns true if more may come. */
static bool drain(struct lingering *lingering)
{
    static char dropped[64 * 1024];
    ssize_t got;
    while ((got = recv(lingering->socket, dropped, sizeof dropped, MSG_DONTWAIT)) > 0) {
        if ((size_t)got >= lingering->left)
            return false;
        lingering->left -= (size_t)got;
    }
    return got < 0 && (errno == EAGAIN || errno == EINTR) && time(NULL) <= lingering->deadline;
}

/* Returns for how long to wait until the next call. */
static int drain_all(struct receiver *receiver)
{
    int wait = MILLISECONDS_OF_WAIT;
    for (size_t i = 0; i < MAX_LINGERING; i++) {
        struct lingering *lingering = &receiver->lingering[i];
        if (lingering->socket == 0)
            continue;
        wait = MILLISECONDS_OF_LINGERING;
        if (!drain(lingering)) {
            close(lingering->socket);
            lingering->socket = 0;
        }
    }
    return wait;
}

/* MHD calls this when a connection begins, and when it ends. */
static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct receiver *receiver = cls;
    struct peer *peer = *context;
    int socket =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        linger(receiver, socket);
        if (peer != NULL)
            peer->socket = 0;
        return;
    }
    for (peer = receiver->peers; peer < receiver->peers + MAX_CONNECTIONS; peer++) {
        if (peer->socket == 0) {
            *peer = (struct peer){socket, time(NULL) + REQUEST_SECONDS};
            *context = peer;
            return;
        }
    }
}

/* MHD's own timeout starts again with each octet. */
static void cut_off_the_slow(struct receiver *receiver)
{
    time_t now = time(NULL);
    for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
        if (receiver->peers[i].socket != 0 && receiver->peers[i].deadline < now)
            shutdown(receiver->peers[i].socket, SHUT_RDWR);
    }
}

static volatile sig_atomic_t stopped;

static void stop(int received)
{
    (void)received;
    stopped = 1;
}

static void fail_usage(void)
{
    static const char usage[] =
        "usage: receiver [OPTION]...\n"
        "  --secret-file FILE  read a secret from FILE; a newline at its end is not part of it;\n"
        "                      may be repeated; without it, DRONE_WEBHOOK_SECRET is the secret\n"
        "  --listen ADDR       the address to listen on (127.0.0.1)\n"
        "  --port N            the port, 0 for any free one (0)\n"
        "  --max-body BYTES    the longest body (1048576)\n"
        "  --guard N           the entries of the replay guard: twice as many as deliveries come\n"
        "                      in ten minutes (4096)\n";
    fputs(usage, stderr);
    exit(2);
}

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "receiver: %s: %s\n", what, why);
    exit(2);
}

static size_t number(const char *text, size_t min, size_t max)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || value < min || value > max)
        fail(text, "no number, or out of range");
    return (size_t)value;
}

static void add_key(struct receiver *receiver, const char *origin, const uint8_t *secret,
                    size_t len)
{
    if (receiver->keys_len == MAX_KEYS)
        fail(origin, "too many secrets");
    hooksig_status status = hooksig_key_init(&receiver->keys[receiver->keys_len], secret, len);
    if (status != HOOKSIG_STATUS_OK)
        fail(origin, hooksig_status_text(status));
    receiver->keys_len++;
}

/* Reads without stdio, whose buffer would keep a copy of the secret, and wipes its own. */
static void add_key_file(struct receiver *receiver, const char *path)
{
    uint8_t secret[MAX_SECRET];
    size_t len = 0;
    ssize_t got = -1;
    int file = open(path, O_RDONLY);
    while (file >= 0 && (got = read(file, secret + len, sizeof secret - len)) > 0)
        len += (size_t)got;
    if (got < 0 || close(file) != 0 || len == sizeof secret)
        fail(path, "cannot be read, or is too long");
    size_t line = len - (len > 0 && secret[len - 1] == '\n');
    line -= line < len && line > 0 && secret[line - 1] == '\r';
    add_key(receiver, path, secret, line);
    for (volatile uint8_t *at = secret; len > 0; len--)
        *at++ = 0;
}

static void read_options(int argc, char **argv, struct receiver *receiver, const char **address,
                         const char **port)
{
    static const struct option options[] = {
        {"secret-file", required_argument, NULL, 's'}, {"listen", required_argument, NULL, 'l'},
        {"port", required_argument, NULL, 'p'},        {"max-body", required_argument, NULL, 'm'},
        {"guard", required_argument, NULL, 'g'},       {NULL, 0, NULL, 0}};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 's': add_key_file(receiver, optarg); break;
        case 'l': *address = optarg; break;
        case 'p': *port = optarg, number(optarg, 0, 65535); break;
        case 'm': receiver->max_body = number(optarg, 0, 1 << 30); break;
        case 'g': receiver->guard_len = number(optarg, 1, 1 << 24); break;
        default: fail_usage();
        }
    }
    if (optind < argc)
        fail_usage();
    const char *secret = getenv("DRONE_WEBHOOK_SECRET");
    if (receiver->keys_len == 0 && secret == NULL)
        fail("no secret", "give --secret-file or set DRONE_WEBHOOK_SECRET");
    if (receiver->keys_len == 0)
        add_key(receiver, "DRONE_WEBHOOK_SECRET", (const uint8_t *)secret, strlen(secret));
}

/* A socket would get the number of a standard stream that is closed, and a stranger the log. */
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

/* The usual limit of 1024 open files is less than the connections that are wanted. */
static void raise_file_limit(void)
{
    const rlim_t wanted = MAX_CONNECTIONS + MAX_LINGERING + 64;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= wanted)
        return;
    files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
    setrlimit(RLIMIT_NOFILE, &files);
}

static struct MHD_Daemon *start(struct receiver *receiver, const char *address, const char *port)
{
    struct addrinfo *found, hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    if (getaddrinfo(address, port, &hints, &found) != 0)
        fail(address, "no IP address");
    bool is_v6 = found->ai_family == AF_INET6;
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_AUTO | (is_v6 ? MHD_USE_IPv6 : 0), 0, NULL, NULL, on_request,
        receiver, MHD_OPTION_SOCK_ADDR, found->ai_addr, MHD_OPTION_URI_LOG_CALLBACK,
        on_request_line, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_end, receiver,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, receiver,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)MAX_CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
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
    static struct receiver receiver = {.guard_len = 4096, .max_body = 1 << 20};
    const char *address = "127.0.0.1", *port = "0";
    open_standard_streams();
    read_options(argc, argv, &receiver, &address, &port);
    receiver.guard = calloc(receiver.guard_len, sizeof *receiver.guard); /* zeros: it is empty */
    if (receiver.guard == NULL)
        fail("--guard", "not enough memory");
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ); /* a line of the log is one write */
    raise_file_limit();

    const struct sigaction on_stop = {.sa_handler = stop};
    sigaction(SIGTERM, &on_stop, NULL);
    sigaction(SIGINT, &on_stop, NULL);
    signal(SIGPIPE, SIG_IGN);

    struct MHD_Daemon *daemon = start(&receiver, address, port);
    while (!stopped) {
        MHD_run_wait(daemon, drain_all(&receiver));
        cut_off_the_slow(&receiver);
        tell_lost_lines(&receiver.lost_lines);
    }
    MHD_stop_daemon(daemon);
    tell_lost_lines(&receiver.lost_lines);
    for (size_t i = 0; i < receiver.keys_len; i++)
        hooksig_key_wipe(&receiver.keys[i]);
    free(receiver.guard);
    return 0;
}
