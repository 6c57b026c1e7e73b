/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* hooksig through its C interface. */
#include "contestant.h"

#include <hooksig.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    hooksig_key keys[MAX_SECRETS];
    hooksig_header headers[MAX_HEADERS];
    hooksig_request request;
} receiver;

static void *prepare(const operation *operation)
{
    receiver *made = (receiver *)allocate(sizeof *made);
    const delivery *delivery = &operation->delivery;
    for (size_t i = 0; i < operation->secrets_len; i++)
        if (hooksig_key_init(&made->keys[i], (const uint8_t *)operation->secrets[i],
                             strlen(operation->secrets[i])) != HOOKSIG_STATUS_OK)
            abort();
    for (size_t i = 0; i < delivery->headers_len; i++) {
        const header *header = &delivery->headers[i];
        made->headers[i] =
            (hooksig_header){header->name, header->name_len, header->value, header->value_len};
    }
    made->request = (hooksig_request){
        "POST", 4, "/hooks/drone?src=ci", 19, made->headers, delivery->headers_len};
    return made;
}

static bool call(const operation *operation, void *prepared)
{
    const receiver *receiver = prepared;
    const delivery *delivery = &operation->delivery;
    hooksig_delivery_headers sent;
    hooksig_pending_body pending;
    hooksig_verified verified;
    const hooksig_receiver settings = {
        .keys = receiver->keys, .keys_len = operation->secrets_len, .now = operation->now};
    switch (operation->kind) {
    case SIGN:
        return hooksig_delivery_sign(receiver->keys, delivery->body, delivery->body_len,
                                     operation->now, &sent) == HOOKSIG_STATUS_OK;
    case HEAD:
        return hooksig_begin(&pending, &settings, &receiver->request) == HOOKSIG_STATUS_PENDING;
    default:
        return hooksig_verify(&settings, &receiver->request, delivery->body, delivery->body_len,
                              &verified) == HOOKSIG_STATUS_OK;
    }
}

int main(int argc, char **argv)
{
    return serve(argc, argv, "hooksig, C", prepare, call);
}
