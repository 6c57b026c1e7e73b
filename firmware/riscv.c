/* From reset to main on a RISC-V core in machine mode. */

#include "board.h"

#include <string.h>

int main(void);

extern uint32_t data_start[], data_end[], data_load[], bss_start[], bss_end[];

/* A trap handler must be aligned to four bytes. */
__attribute__((aligned(4))) static void fault(void)
{
    board_print("fault\n");
    board_exit(false);
}

__attribute__((used)) static void start(void)
{
    __asm__ volatile("csrw mtvec, %0" : : "r"(fault));
    memcpy(data_start, data_load, (uintptr_t)data_end - (uintptr_t)data_start);
    memset(bss_start, 0, (uintptr_t)bss_end - (uintptr_t)bss_start);
    board_exit(main() == 0);
}

__attribute__((section(".vectors"), naked, used)) void reset(void)
{
    __asm__("la sp, stack_top\n"
            "j start\n");
}
