/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A receiver of Drone webhooks. It answers 204 to a delivery that is genuine and new and one fixed
 * 401 to any other, and writes why to standard error, a line for each:
 *
 *     2026-11-23T07:41:31Z 127.0.0.1:40122 accepted ok user:created key=0
 *     2026-11-23T07:41:32Z 127.0.0.1:40123 refused signature-mismatch -:- key=-
 *
 * One thread serves all connections, so that nothing here needs a lock. A connection costs at most
 * CONNECTION_MEMORY bytes, and --max-body more once the head of its request is genuine.
 */
#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <getopt.h>
#include <hooksig.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
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
    IDLE_SECONDS = 10,    /* a connection is closed when nothing came for so long, */
    REQUEST_SECONDS = 20, /* or when a request is not answered after so long */
    MILLISECONDS_OF_WAIT = 500,
    LOGGED_OCTETS = 40    /* of an event, and of an action */
};

/* A connection, with the time by which its request must have been answered. */
struct peer {
    int socket; /* 0: there is none */
    time_t deadline;
};

struct receiver {
    struct peer peers[MAX_CONNECTIONS];
    hooksig_key keys[MAX_KEYS];
    size_t keys_len;
    hooksig_replay_entry *guard;
    size_t guard_len;
    size_t max_body;
};

/* One request, from its first line to its end. */
struct delivery {
    enum { BEFORE_HEAD, IN_BODY, BODY_TOO_LARGE, ANSWERED } stage;
    hooksig_pending_body pending;
    uint8_t *body;
    size_t body_len, body_capacity;
    bool is_genuine; /* only then is there anything in the next two */
    hooksig_verified verified;
    hooksig_delivery content;
    char target[]; /* as received: MHD hands on a url without query and escapes */
};

/* What a sender wrote is escaped in the log, so that nobody can forge a line. */
static void escape(char out[4 * LOGGED_OCTETS + 1], const uint8_t *text, size_t len)
{
    out += sprintf(out, len == 0 ? "-" : "");
    for (size_t i = 0; i < len && i < LOGGED_OCTETS; i++) {
        bool is_plain = text[i] > ' ' && text[i] < 0x7f && text[i] != '\\';
        out += sprintf(out, is_plain ? "%c" : "\\x%02x", text[i]);
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

static void log_delivery(struct MHD_Connection *connection, const struct delivery *delivery,
                         const char *verdict, const char *reason)
{
    char event[4 * LOGGED_OCTETS + 1], action[4 * LOGGED_OCTETS + 1], key[24] = "-";
    const hooksig_delivery *content = &delivery->content;
    escape(event, delivery->body + content->event_at, content->event_len);
    escape(action, delivery->body + content->action_at, content->action_len);
    if (delivery->is_genuine)
        snprintf(key, sizeof key, "%zu", delivery->verified.key_index);
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
static const struct answer ambiguous = {400, "ambiguous length\n", NULL, NULL};
static const struct answer too_large = {413, "body too large\n", NULL, NULL};
static const struct answer too_many = {431, "too many header fields\n", NULL, NULL};

/* Every refusal closes the connection, since one of the head alone has to: the body is not read. */
static enum MHD_Result send_answer(struct MHD_Connection *connection, struct delivery *delivery,
                                   const struct answer *answer, const char *reason)
{
    log_delivery(connection, delivery, answer == &accepted ? "accepted" : "refused", reason);
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

static enum MHD_Result send_verdict(struct MHD_Connection *connection, struct delivery *delivery,
                                    hooksig_status status)
{
    const struct answer *answer = status == HOOKSIG_STATUS_OK ? &accepted : &unauthorized;
    return send_answer(connection, delivery, answer, hooksig_status_name(status));
}

struct fields {
    hooksig_header list[MAX_FIELDS];
    size_t len;
};

static enum MHD_Result collect_field(void *cls, enum MHD_ValueKind kind, const char *name,
                                     size_t name_len, const char *value, size_t value_len)
{
    struct fields *fields = cls;
    (void)kind;
    if (fields->len == MAX_FIELDS)
        return MHD_NO;
    fields->list[fields->len++] = (hooksig_header){name, name_len, value, value_len};
    return MHD_YES;
}

/* Judges the head, so that nobody without the secret makes the receiver hash or keep a body. */
static hooksig_status begin(const struct receiver *receiver, struct MHD_Connection *connection,
                            const char *method, struct delivery *delivery)
{
    struct fields fields = {.len = 0};
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, collect_field, &fields);
    const hooksig_request request = {
        .method = method,
        .method_len = strlen(method),
        .target = delivery->target,
        .target_len = strlen(delivery->target),
        .headers = fields.list,
        .headers_len = fields.len,
    };
    return hooksig_begin(&delivery->pending, receiver->keys, receiver->keys_len, NULL,
                         (int64_t)time(NULL), &request);
}

struct count {
    const char *name;
    unsigned fields;
};

static enum MHD_Result count_field(void *cls, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct count *count = cls;
    (void)kind, (void)value;
    count->fields += strcasecmp(name, count->name) == 0;
    return MHD_YES;
}

static unsigned count_fields(struct MHD_Connection *connection, const char *name)
{
    struct count count = {.name = name};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, count_field, &count);
    return count.fields;
}

/* MHD takes the first length; a proxy in front may take another, and see another end of the body. */
static bool has_ambiguous_length(struct MHD_Connection *connection)
{
    unsigned lengths = count_fields(connection, "Content-Length");
    return lengths + count_fields(connection, "Transfer-Encoding") > 1;
}

static enum MHD_Result on_head(const struct receiver *receiver, struct MHD_Connection *connection,
                               const char *method, struct delivery *delivery)
{
    /* MHD has checked that the length, if there is one, is a number; a chunked body has none. */
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    unsigned long long announced = length == NULL ? receiver->max_body : strtoull(length, NULL, 10);
    if (strcmp(method, "POST") != 0)
        return send_answer(connection, delivery, &not_allowed, "method-not-allowed");
    if (MHD_get_connection_values(connection, MHD_HEADER_KIND, NULL, NULL) > MAX_FIELDS)
        return send_answer(connection, delivery, &too_many, "too-many-fields");
    if (has_ambiguous_length(connection))
        return send_answer(connection, delivery, &ambiguous, "ambiguous-length");
    if (announced > receiver->max_body)
        return send_answer(connection, delivery, &too_large, "body-too-large");
    hooksig_status status = begin(receiver, connection, method, delivery);
    if (status != HOOKSIG_STATUS_OK)
        return send_verdict(connection, delivery, status);
    delivery->stage = IN_BODY;
    delivery->body_capacity = (size_t)announced;
    delivery->body = malloc(delivery->body_capacity + 1); /* never NULL for an empty body */
    return delivery->body == NULL ? MHD_NO : MHD_YES;
}

/* Hashes a chunk and keeps it, unread until the verdict. MHD_NO closes the connection. */
static enum MHD_Result on_chunk(struct delivery *delivery, const char *chunk, size_t len)
{
    if (len > delivery->body_capacity - delivery->body_len)
        delivery->stage = BODY_TOO_LARGE;
    if (delivery->stage == BODY_TOO_LARGE)
        return MHD_YES; /* thrown away: no answer can be given before the end */
    if (hooksig_pending_body_update(&delivery->pending, (const uint8_t *)chunk, len))
        return MHD_NO;
    memcpy(delivery->body + delivery->body_len, chunk, len);
    delivery->body_len += len;
    return MHD_YES;
}

struct reading {
    struct delivery *delivery;
    hooksig_status status;
};

/* Reads the body beside each X-Drone-Event field: none of them may name another event. */
static enum MHD_Result read_beside(void *cls, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct reading *reading = cls;
    struct delivery *delivery = reading->delivery;
    (void)kind;
    if (strcasecmp(name, "X-Drone-Event") != 0)
        return MHD_YES;
    reading->status = hooksig_delivery_read(delivery->body, delivery->body_len, value,
                                            strlen(value), &delivery->content);
    return reading->status == HOOKSIG_STATUS_OK ? MHD_YES : MHD_NO;
}

static hooksig_status read_body(struct MHD_Connection *connection, struct delivery *delivery)
{
    struct reading reading = {
        delivery,
        hooksig_delivery_read(delivery->body, delivery->body_len, NULL, 0, &delivery->content)};
    if (reading.status == HOOKSIG_STATUS_OK)
        MHD_get_connection_values(connection, MHD_HEADER_KIND, read_beside, &reading);
    return reading.status;
}

/* Judges a complete delivery. The claim comes last, since it cannot be taken back. */
static hooksig_status finish(const struct receiver *receiver, struct MHD_Connection *connection,
                             struct delivery *delivery)
{
    hooksig_verified *verified = &delivery->verified;
    hooksig_status status = hooksig_pending_body_finish(&delivery->pending, verified);
    if (status != HOOKSIG_STATUS_OK)
        return status;
    delivery->is_genuine = true;
    status = read_body(connection, delivery);
    if (status != HOOKSIG_STATUS_OK)
        return status;
    return hooksig_replay_claim(receiver->guard, receiver->guard_len, verified,
                                (int64_t)time(NULL));
}

/* MHD calls this first: what it returns comes back as *request. */
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
    const struct receiver *receiver = cls;
    struct delivery *delivery = *request;
    size_t chunk_len = *len;
    (void)url, (void)version;
    if (delivery == NULL)
        return MHD_NO;
    if (delivery->stage == BEFORE_HEAD)
        return on_head(receiver, connection, method, delivery);
    *len = 0;
    if (chunk_len > 0)
        return on_chunk(delivery, chunk, chunk_len);
    if (delivery->stage == BODY_TOO_LARGE)
        return send_answer(connection, delivery, &too_large, "body-too-large");
    return send_verdict(connection, delivery, finish(receiver, connection, delivery));
}

static void on_end(void *cls, struct MHD_Connection *connection, void **request,
                   enum MHD_RequestTerminationCode why)
{
    struct delivery *delivery = *request;
    struct peer *peer =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    (void)cls, (void)why;
    if (peer != NULL)
        peer->deadline = time(NULL) + REQUEST_SECONDS;
    if (delivery == NULL)
        return;
    if (delivery->stage != ANSWERED)
        log_delivery(connection, delivery, "dropped", "incomplete");
    free(delivery->body);
    free(delivery);
}

/* MHD calls this when a connection begins, and when it ends. */
static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct receiver *receiver = cls;
    struct peer *peer = *context;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (peer != NULL)
            peer->socket = 0;
        return;
    }
    for (peer = receiver->peers; peer < receiver->peers + MAX_CONNECTIONS; peer++) {
        if (peer->socket == 0) {
            peer->socket =
                MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
            peer->deadline = time(NULL) + REQUEST_SECONDS;
            *context = peer;
            return;
        }
    }
}

/* MHD's own timeout starts anew with each octet that comes. */
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

/* The usual limit of 1024 open files is less than the connections that are wanted. */
static void raise_file_limit(void)
{
    const rlim_t wanted = MAX_CONNECTIONS + 64;
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
        on_request_line, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL,
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
        MHD_run_wait(daemon, MILLISECONDS_OF_WAIT);
        cut_off_the_slow(&receiver);
    }
    MHD_stop_daemon(daemon);
    for (size_t i = 0; i < receiver.keys_len; i++)
        hooksig_key_wipe(&receiver.keys[i]);
    free(receiver.guard);
    return 0;
}
