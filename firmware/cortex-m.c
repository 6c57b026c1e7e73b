/* From reset to main on a Cortex-M. */

#include "board.h"

#include <string.h>

int main(void);

extern uint32_t data_start[], data_end[], data_load[], bss_start[], bss_end[], stack_top[];

void reset(void)
{
    memcpy(data_start, data_load, (uintptr_t)data_end - (uintptr_t)data_start);
    memset(bss_start, 0, (uintptr_t)bss_end - (uintptr_t)bss_start);
    board_exit(main() == 0);
}

static void fault(void)
{
    board_print("fault\n");
    board_exit(false);
}

/* The first entry is the stack, the others are NMI, HardFault and the faults of larger cores. */
__attribute__((section(".vectors"), used)) static const uintptr_t vectors[16] = {
    (uintptr_t)stack_top, (uintptr_t)reset, (uintptr_t)fault, (uintptr_t)fault,
    (uintptr_t)fault,     (uintptr_t)fault, (uintptr_t)fault,
};
