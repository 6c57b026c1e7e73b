#include <hooksig.h>
#include <inttypes.h>
#include <stdio.h>

uint64_t neighbour_sum(uint32_t count);

int main(void)
{
    hooksig_key key;
    hooksig_status status = hooksig_key_init(&key, (const uint8_t *)"secret", 6);
    printf("%s %" PRIu64 " %d\n", hooksig_status_name(status), neighbour_sum(10),
           neighbour_sum(100) == UINT64_MAX);
    return 0;
}
