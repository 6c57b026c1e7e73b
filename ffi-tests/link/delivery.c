#include <hooksig.h>
#include <stdio.h>
#include <string.h>
int main(void)
{
    hooksig_key key;
    hooksig_delivery_headers sent;
    if (hooksig_key_init(&key, (const uint8_t *)"secret", 6) ||
        hooksig_delivery_sign(&key, (const uint8_t *)"{}", 2, 1795419691, &sent))
        return 1;
    hooksig_header headers[] = {{"Date", 4, sent.date, strlen(sent.date)},
                                {"Digest", 6, sent.digest, strlen(sent.digest)},
                                {"Signature", 9, sent.signature, strlen(sent.signature)}};
    hooksig_request request = {"POST", 4, "/", 1, headers, 3};
    hooksig_verified verified;
    hooksig_receiver receiver = {&key, 1, NULL, 1795419691, NULL, 0, 0};
    hooksig_status status = hooksig_verify(&receiver, &request, "{}", 2, &verified);
    puts(hooksig_status_name(status));
    return status != HOOKSIG_STATUS_OK;
}
