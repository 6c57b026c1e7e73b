/* Each switch of a policy opens what its text says, and nothing else. */
#include "check.h"

#define NOW INT64_C(1577836800)
#define BODY "{}"
#define DRONES_ALGORITHM ",algorithm=\"hmac-sha256\""

static hooksig_key key;
static hooksig_delivery_headers sent;
static hooksig_policy policy;

static hooksig_status verify_at(int64_t now, const char *signature)
{
    hooksig_verified verified;
    hooksig_header headers[] = {{"Signature", 9, signature, strlen(signature)},
                                {"Date", 4, sent.date, HOOKSIG_DATE_LEN},
                                {"Digest", 6, sent.digest, HOOKSIG_DIGEST_FIELD_LEN}};
    hooksig_request request = {NULL, 0, NULL, 0, headers, 3};
    hooksig_receiver receiver = receiver_of(&key, 1, now);
    receiver.policy = &policy;
    return hooksig_verify(&receiver, &request, OCTETS(BODY), &verified);
}

/* The verdict on the delivery with another algorithm parameter, which the MAC does not cover. */
static hooksig_status verify_with_algorithm(const char *parameter)
{
    char signature[200];
    const char *at = strstr(sent.signature, DRONES_ALGORITHM);
    snprintf(signature, sizeof signature, "%.*s%s%s", (int)(at - sent.signature), sent.signature,
             parameter, at + strlen(DRONES_ALGORITHM));
    return verify_at(NOW, signature);
}

static hooksig_status verify(void)
{
    return verify_at(NOW, sent.signature);
}

/* Starts from the default, sets something, and expects that to succeed. */
#define WITH(setting)                                                                             \
    check(hooksig_policy_init(&policy) == HOOKSIG_STATUS_OK && (setting) == HOOKSIG_STATUS_OK,    \
          #setting " is done")
/* Sets something more. */
#define AND(setting) check((setting) == HOOKSIG_STATUS_OK, #setting " is done too")
#define GIVES(status, sentence, call) check((call) == HOOKSIG_STATUS_##status, "    " sentence)

static void the_default(void)
{
    WITH(hooksig_policy_init(&policy));
    GIVES(OK, "takes what Drone sends", verify());
    GIVES(MISSING_PARAM, "demands an algorithm", verify_with_algorithm(""));
    GIVES(UNSUPPORTED_ALGORITHM, "refuses hs2019", verify_with_algorithm(",algorithm=\"hs2019\""));
}

static void algorithms(void)
{
    WITH(hooksig_policy_allow_missing_algorithm(&policy, true));
    GIVES(OK, "takes no algorithm", verify_with_algorithm(""));
    GIVES(UNSUPPORTED_ALGORITHM, "refuses hs2019", verify_with_algorithm(",algorithm=\"hs2019\""));
    WITH(hooksig_policy_allow_hs2019(&policy, true));
    GIVES(OK, "takes hs2019", verify_with_algorithm(",algorithm=\"hs2019\""));
    GIVES(MISSING_PARAM, "demands an algorithm", verify_with_algorithm(""));
    GIVES(UNSUPPORTED_ALGORITHM, "refuses another",
          verify_with_algorithm(",algorithm=\"rsa-sha256\""));
    WITH(hooksig_policy_allow_hs2019(&policy, false));
    GIVES(UNSUPPORTED_ALGORITHM, "refuses hs2019", verify_with_algorithm(",algorithm=\"hs2019\""));
}

static void algorithms_taken_back(void)
{
    WITH(hooksig_policy_allow_missing_algorithm(&policy, true));
    AND(hooksig_policy_allow_missing_algorithm(&policy, false));
    GIVES(MISSING_PARAM, "demands an algorithm again", verify_with_algorithm(""));
    WITH(hooksig_policy_allow_hs2019(&policy, true));
    AND(hooksig_policy_allow_hs2019(&policy, false));
    GIVES(UNSUPPORTED_ALGORITHM, "refuses hs2019 again",
          verify_with_algorithm(",algorithm=\"hs2019\""));
}

static void skew(void)
{
    WITH(hooksig_policy_set_max_skew(&policy, 0));
    GIVES(OK, "takes the very second", verify());
    GIVES(DATE_TOO_OLD, "refuses the next", verify_at(NOW + 1, sent.signature));
    GIVES(DATE_TOO_NEW, "refuses the one before", verify_at(NOW - 1, sent.signature));
    WITH(hooksig_policy_set_max_skew(&policy, UINT32_MAX));
    GIVES(OK, "takes the end", verify_at(NOW + UINT32_MAX, sent.signature));
    GIVES(DATE_TOO_OLD, "refuses what is behind it",
          verify_at(NOW + UINT32_MAX + 1, sent.signature));
}

static void required_names(void)
{
    WITH(hooksig_policy_require(&policy, TEXT("digest")));
    GIVES(OK, "takes more than is required", verify());
    WITH(hooksig_policy_require(&policy, TEXT("Date Digest Host")));
    GIVES(NOT_COVERED, "refuses less", verify());
}

static void key_ids(void)
{
    WITH(hooksig_policy_expect_key_id(&policy, TEXT("hmac-key")));
    GIVES(OK, "takes that one", verify());
    WITH(hooksig_policy_expect_key_id(&policy, TEXT("hmac-ke")));
    GIVES(UNEXPECTED_KEY_ID, "refuses a longer one", verify());
    check(hooksig_policy_expect_key_id(&policy, NULL, 0) == HOOKSIG_STATUS_OK,
          "hooksig_policy_expect_key_id(&policy, NULL, 0) is done");
    GIVES(OK, "takes any again", verify());
}

/* A setting stays when another one is made after it. */
static void settings_stay(void)
{
    WITH(hooksig_policy_set_max_skew(&policy, 0));
    AND(hooksig_policy_allow_missing_algorithm(&policy, true));
    AND(hooksig_policy_allow_hs2019(&policy, true));
    AND(hooksig_policy_expect_key_id(&policy, TEXT("hmac-key")));
    AND(hooksig_policy_require(&policy, TEXT("date")));
    GIVES(DATE_TOO_OLD, "refuses the next second", verify_at(NOW + 1, sent.signature));
    GIVES(OK, "takes no algorithm", verify_with_algorithm(""));
    GIVES(OK, "takes hs2019", verify_with_algorithm(",algorithm=\"hs2019\""));
    WITH(hooksig_policy_require(&policy, TEXT("date digest host")));
    AND(hooksig_policy_expect_key_id(&policy, TEXT("hmac-key")));
    AND(hooksig_policy_set_max_skew(&policy, 0));
    AND(hooksig_policy_allow_missing_algorithm(&policy, true));
    AND(hooksig_policy_allow_hs2019(&policy, true));
    GIVES(NOT_COVERED, "refuses less than is required", verify());
    AND(hooksig_policy_expect_key_id(&policy, TEXT("another")));
    AND(hooksig_policy_set_max_skew(&policy, 1));
    AND(hooksig_policy_allow_missing_algorithm(&policy, false));
    AND(hooksig_policy_allow_hs2019(&policy, false));
    AND(hooksig_policy_require(&policy, TEXT("date")));
    GIVES(UNEXPECTED_KEY_ID, "refuses another keyId", verify());
}

int main(void)
{
    key = key_of(SECRET);
    if (hooksig_delivery_sign(&key, OCTETS(BODY), NOW, &sent) != HOOKSIG_STATUS_OK)
        give_up("nothing to verify");
    the_default();
    algorithms();
    algorithms_taken_back();
    skew();
    required_names();
    key_ids();
    settings_stay();
    return outcome();
}
