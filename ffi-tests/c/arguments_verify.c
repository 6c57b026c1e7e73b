/* Wrong arguments to the functions that verify a request at once. */
#include "arguments_call.h"

static void whole_call(verifying *verify)
{
    head_of_call(verify, sizeof(hooksig_verified), HOOKSIG_STATUS_OK);
    body_of_call(verify);
    CALL_DONE("does not look at the guard", (by->guard = NULL, by->guard_len = 1));
    tells_what_it_knows(verify, &out.at.verified);
}

static hooksig_status verify_with(const struct call *with)
{
    return hooksig_verify(&with->receiver, &sent.request, with->body, with->body_len,
                          (hooksig_verified *)with->result);
}

static hooksig_status verify_request(const hooksig_request *request)
{
    struct call with = genuine();
    return hooksig_verify(&with.receiver, request, with.body, with.body_len, &out.at.verified);
}

static void verify(void)
{
    whole_call(verify_with);
    headers_to_verify(verify_request);
    EXPECT(NULL_POINTER, "refuses no receiver",
           hooksig_verify(NULL, &sent.request, sent.body, sizeof BODY - 1, &out.at.verified));
}

static hooksig_status verify_head_with(const struct call *with)
{
    return hooksig_verify_head(&with->receiver, sent.head, sent.head_len, with->body,
                               with->body_len, (hooksig_verified *)with->result);
}

static hooksig_status verify_this_head(const char *head, size_t head_len)
{
    struct call with = genuine();
    return hooksig_verify_head(&with.receiver, head, head_len, with.body, with.body_len,
                               &out.at.verified);
}

static void verify_head(void)
{
    whole_call(verify_head_with);
    head_states(verify_this_head);
    EXPECT(NULL_POINTER, "refuses no receiver",
           hooksig_verify_head(NULL, sent.head, sent.head_len, sent.body, sizeof BODY - 1,
                               &out.at.verified));
}

static const struct test tests[] = {
    {"hooksig_verify", verify},
    {"hooksig_verify_head", verify_head},
};

int main(int argc, char **argv)
{
    return run_tests(tests, COUNT(tests), argc, argv);
}
