/* Wrong arguments to what makes and changes handles: keys, policies, replay guards; and words. */
#include "arguments.h"

/* Words */

static void version(void)
{
    char expected[32];
    snprintf(expected, sizeof expected, "%d.%d.%d", HOOKSIG_VERSION_MAJOR, HOOKSIG_VERSION_MINOR,
             HOOKSIG_VERSION_PATCH);
    check(strcmp(hooksig_version(), expected) == 0, "hooksig_version is that of the header");
}

static void version_number(void)
{
    check(hooksig_version_number() == HOOKSIG_VERSION_NUMBER,
          "hooksig_version_number is that of the header");
    check(strcmp(hooksig_version(), HOOKSIG_VERSION) == 0, "HOOKSIG_VERSION is the same as text");
}

static const int32_t no_statuses[] = {-1, 99, 255, 1000, INT32_MIN, INT32_MAX};

static void status_name(void)
{
    for (size_t i = 0; i < COUNT(no_statuses); i++)
        check(strcmp(hooksig_status_name(no_statuses[i]), "unknown-status") == 0,
              "hooksig_status_name knows no %" PRId32, no_statuses[i]);
    check(strcmp(hooksig_status_name(0), "ok") == 0, "hooksig_status_name of 0 is ok");
}

static void status_text(void)
{
    for (size_t i = 0; i < COUNT(no_statuses); i++)
        check(hooksig_status_text(no_statuses[i])[0] != '\0',
              "hooksig_status_text has a sentence for %" PRId32, no_statuses[i]);
}

/* Keys */

static void key_init(void)
{
    hooksig_key *key = &out.at.key;
    out_size = sizeof *key;
    EXPECT(OK, "takes a secret", hooksig_key_init(key, OCTETS(SECRET)));
    EXPECT(OK, "takes one octet", hooksig_key_init(key, OCTETS("x")));
    EXPECT(NULL_POINTER, "refuses no key", hooksig_key_init(NULL, OCTETS(SECRET)));
    EXPECT(NULL_POINTER, "refuses NULL with a length", hooksig_key_init(key, NULL, 1));
    EXPECT(NULL_POINTER, "refuses NULL with any length", hooksig_key_init(key, NULL, SIZE_MAX));
    EXPECT(EMPTY_SECRET, "refuses an empty secret", hooksig_key_init(key, sent.body, 0));
    EXPECT(EMPTY_SECRET, "refuses NULL with 0", hooksig_key_init(key, NULL, 0));
    EXPECT(INVALID_LENGTH, "refuses SIZE_MAX", hooksig_key_init(key, sent.body, SIZE_MAX));
    EXPECT(INVALID_LENGTH, "refuses a length past PTRDIFF_MAX",
           hooksig_key_init(key, sent.body, TOO_LONG));
}

static hooksig_status wipe(hooksig_key *key)
{
    hooksig_key_wipe(key);
    return HOOKSIG_STATUS_OK;
}

static void key_wipe(void)
{
    static const hooksig_key zeros;
    out_size = sizeof zeros;
    EXPECT_AFTER(out.at.key = keys[0], OK, "takes a key", wipe(&out.at.key));
    check(memcmp(&out.at.key, &zeros, sizeof zeros) == 0, "%s leaves zeros", function);
    EXPECT(OK, "takes memory that never was a key", wipe(&out.at.key));
    out_size = 0;
    EXPECT(OK, "does nothing to NULL", wipe(NULL));
}

/* Policies */

static void policy_init(void)
{
    out_size = sizeof(hooksig_policy);
    EXPECT(OK, "makes a policy", hooksig_policy_init(&out.at.policy));
    EXPECT(NULL_POINTER, "refuses NULL", hooksig_policy_init(NULL));
}

/* What every setter does with a policy that cannot be set. */
static void policy_states(hooksig_status (*set)(hooksig_policy *))
{
    hooksig_policy *own = &handle.at.policy;
    handle_size = sizeof *own;
    EXPECT_AFTER(*own = policy, OK, "takes a policy", set(own));
    EXPECT(NULL_POINTER, "refuses NULL", set(NULL));
    EXPECT_AFTER(*own = zeroed_policy, WRONG_STATE, "refuses a zeroed policy", set(own));
    EXPECT(WRONG_STATE, "refuses a policy that was not made", set(own));
    EXPECT_AFTER(handle.at.key = keys[0], WRONG_STATE, "refuses a key", set(own));
}

/* A policy with both texts set; a refused call must not change them. */
static hooksig_policy policy_with_texts(void)
{
    hooksig_policy own = other_key_id;
    must(hooksig_policy_require(&own, TEXT("digest host")));
    return own;
}

static hooksig_status set_longest_skew(hooksig_policy *own)
{
    return hooksig_policy_set_max_skew(own, UINT32_MAX);
}

static void policy_set_max_skew(void)
{
    policy_states(set_longest_skew);
}

static hooksig_status require_date(hooksig_policy *own)
{
    return hooksig_policy_require(own, TEXT("date"));
}

static void policy_require(void)
{
    char longest[HOOKSIG_REQUIRED_MAX_LEN + 1];
    size_t names_len;
    const char *names = too_many_names(&names_len);
    hooksig_policy *own = &handle.at.policy;
    memset(longest, 'x', sizeof longest);
    policy_states(require_date);
#define REQUIRE(status, sentence, ...)                                                            \
    EXPECT_AFTER(*own = policy_with_texts(), status, sentence,                                    \
                 hooksig_policy_require(own, __VA_ARGS__))
    REQUIRE(OK, "takes the longest list", longest, HOOKSIG_REQUIRED_MAX_LEN);
    REQUIRE(BUFFER_TOO_SMALL, "refuses one octet more", longest, HOOKSIG_REQUIRED_MAX_LEN + 1);
    REQUIRE(EMPTY_LIST, "refuses an empty list", TEXT(""));
    REQUIRE(EMPTY_LIST, "refuses NULL with 0", NULL, 0);
    REQUIRE(NULL_POINTER, "refuses NULL with a length", NULL, 4);
    REQUIRE(INVALID_LENGTH, "refuses SIZE_MAX", LIST, SIZE_MAX);
    REQUIRE(MALFORMED_LIST, "refuses two spaces", TEXT("date  digest"));
    REQUIRE(MALFORMED_LIST, "refuses a space at the end", TEXT("date "));
    REQUIRE(REPEATED_NAME, "refuses a name twice", TEXT("date Date"));
    REQUIRE(UNSUPPORTED_NAME, "refuses (created)", TEXT("(created)"));
    REQUIRE(TOO_MANY_NAMES, "refuses 129 names", names, names_len);
}

static hooksig_status expect_key_id(hooksig_policy *own)
{
    return hooksig_policy_expect_key_id(own, TEXT(KEY_ID));
}

static void policy_expect_key_id(void)
{
    char longest[HOOKSIG_EXPECTED_KEY_ID_MAX_LEN + 1];
    hooksig_policy *own = &handle.at.policy;
    memset(longest, 'x', sizeof longest);
    policy_states(expect_key_id);
#define EXPECT_ID(status, sentence, ...)                                                          \
    EXPECT_AFTER(*own = policy_with_texts(), status, sentence,                                    \
                 hooksig_policy_expect_key_id(own, __VA_ARGS__))
    EXPECT_ID(OK, "takes the longest keyId", longest, HOOKSIG_EXPECTED_KEY_ID_MAX_LEN);
    EXPECT_ID(BUFFER_TOO_SMALL, "refuses one octet more", longest, sizeof longest);
    EXPECT_ID(OK, "takes any keyId again for NULL with 0", NULL, 0);
    EXPECT_ID(INVALID_KEY_ID, "refuses an empty keyId", KEY_ID, 0);
    EXPECT_ID(NULL_POINTER, "refuses NULL with a length", NULL, 1);
    EXPECT_ID(INVALID_LENGTH, "refuses SIZE_MAX", KEY_ID, SIZE_MAX);
}

static hooksig_status allow_missing(hooksig_policy *own)
{
    return hooksig_policy_allow_missing_algorithm(own, true);
}

static void policy_allow_missing_algorithm(void)
{
    policy_states(allow_missing);
}

static hooksig_status allow_hs2019(hooksig_policy *own)
{
    return hooksig_policy_allow_hs2019(own, true);
}

static void policy_allow_hs2019(void)
{
    policy_states(allow_hs2019);
}

/* Replays */

static uint32_t max_skew;

static hooksig_status claim(hooksig_replay_entry *guard, size_t guard_len,
                            const hooksig_verified *verified, int64_t now)
{
    hooksig_receiver receiver = receiver_of(NULL, 0, now);
    receiver.guard = guard;
    receiver.guard_len = guard_len;
    receiver.guard_max_skew = max_skew;
    return hooksig_replay_claim(&receiver, verified);
}

static void full_guard(const hooksig_verified *verified)
{
    memset(handle.at.guard, 0, sizeof handle.at.guard);
    for (size_t i = 0; i < COUNT(handle.at.guard); i++) {
        hooksig_verified other = *verified;
        other.tag[0] = (uint8_t)(other.tag[0] + i);
        must(claim(handle.at.guard, COUNT(handle.at.guard), &other, NOW));
    }
}

static void replay_claim(void)
{
    hooksig_replay_entry *guard = handle.at.guard;
    hooksig_verified claimed = {{1}, NOW, NOW + 300, 0}, other = {{9}, NOW, NOW + 300, 0};
    hooksig_verified later = {{9}, NOW + 303, NOW + 603, 0};
    hooksig_verified short_lived = {{1}, NOW, NOW + 10, 0};
    handle_size = sizeof handle.at.guard;
    out_size = 0;
#define CLAIM(prepare, status, sentence, ...)                                                     \
    EXPECT_AFTER(prepare, status, sentence, claim(__VA_ARGS__))
    CLAIM(memset(guard, 0, handle_size), OK, "takes what is new", guard, 2, &claimed, NOW);
    CLAIM(full_guard(&claimed), REPLAYED, "refuses a replay", guard, 2, &claimed, NOW);
    CLAIM(full_guard(&claimed), REPLAYED, "refuses a replay without a clock", guard, 2, &claimed,
          HOOKSIG_NO_CLOCK);
    CLAIM(full_guard(&claimed), REPLAY_GUARD_FULL, "forgets nothing in time", guard, 2, &other,
          NOW + 300);
    CLAIM(full_guard(&claimed), REPLAY_GUARD_FULL, "forgets nothing without a clock", guard, 2,
          &other, HOOKSIG_NO_CLOCK);
    CLAIM(full_guard(&claimed), REPLAY_GUARD_FULL, "survives the first second", guard, 2, &other,
          INT64_MIN + 1);
    CLAIM(full_guard(&claimed), OK, "forgets what is over", guard, 2, &later, NOW + 303);
    CLAIM(full_guard(&claimed), REPLAY_GUARD_FULL, "remembers for a margin", guard, 2, &later,
          NOW + 302);
    CLAIM(full_guard(&short_lived), REPLAY_GUARD_FULL, "remembers for the largest skew", guard, 2,
          &later, NOW + 302);
    max_skew = HOOKSIG_DEFAULT_MAX_SKEW - 1;
    CLAIM((void)0, SKEW_TOO_LARGE, "refuses a larger skew", guard, 2, &other, NOW);
    max_skew = HOOKSIG_DEFAULT_MAX_SKEW;
    CLAIM(memset(guard, 0, handle_size), OK, "takes the largest skew", guard, 2, &other, NOW);
    max_skew = 0;
    CLAIM(full_guard(&claimed), DATE_TOO_OLD, "refuses what is over", guard, 2, &other, NOW + 301);
    CLAIM(full_guard(&claimed), DATE_TOO_OLD, "survives the last second", guard, 2, &other,
          INT64_MAX);
    CLAIM((void)0, REPLAY_GUARD_FULL, "has no room in NULL with 0", NULL, 0, &other, NOW);
    CLAIM((void)0, REPLAY_GUARD_FULL, "has no room in 0 entries", guard, 0, &other, NOW);
    CLAIM((void)0, NULL_POINTER, "refuses NULL with a length", NULL, 2, &other, NOW);
    CLAIM((void)0, NULL_POINTER, "refuses no delivery", guard, 2, NULL, NOW);
    CLAIM((void)0, INVALID_LENGTH, "refuses SIZE_MAX entries", guard, SIZE_MAX, &other, NOW);
    CLAIM((void)0, INVALID_LENGTH, "refuses more entries than fit into memory", guard,
          OVERFLOWS(hooksig_replay_entry), &other, NOW);
    EXPECT(NULL_POINTER, "refuses no receiver", hooksig_replay_claim(NULL, &other));
}

static const struct test tests[] = {
    {"hooksig_version", version},
    {"hooksig_version_number", version_number},
    {"hooksig_status_name", status_name},
    {"hooksig_status_text", status_text},
    {"hooksig_key_init", key_init},
    {"hooksig_key_wipe", key_wipe},
    {"hooksig_policy_init", policy_init},
    {"hooksig_policy_set_max_skew", policy_set_max_skew},
    {"hooksig_policy_require", policy_require},
    {"hooksig_policy_expect_key_id", policy_expect_key_id},
    {"hooksig_policy_allow_missing_algorithm", policy_allow_missing_algorithm},
    {"hooksig_policy_allow_hs2019", policy_allow_hs2019},
    {"hooksig_replay_claim", replay_claim},
};

int main(int argc, char **argv)
{
    return run_tests(tests, COUNT(tests), argc, argv);
}
