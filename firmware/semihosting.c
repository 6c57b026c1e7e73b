/* The board through a debugger: Arm's semihosting, which RISC-V has adopted. */

#include "board.h"

#include <string.h>

enum { SYS_OPEN = 0x01, SYS_WRITE0 = 0x04, SYS_READ = 0x06, SYS_EXIT = 0x18 };
enum { MODE_READ_BINARY = 1 };
enum { STOPPED_APPLICATION_EXIT = 0x20026, STOPPED_RUN_TIME_ERROR = 0x20023 };

static uintptr_t file;

static uintptr_t call(uintptr_t operation, uintptr_t argument)
{
#if defined(__riscv)
    register uintptr_t a0 __asm__("a0") = operation;
    register uintptr_t a1 __asm__("a1") = argument;
    /* The debugger recognises these three instructions only uncompressed and in one page. */
    __asm__ volatile(".option push\n"
                     ".option norvc\n"
                     ".balign 16\n"
                     "slli x0, x0, 0x1f\n"
                     "ebreak\n"
                     "srai x0, x0, 7\n"
                     ".option pop\n"
                     : "+r"(a0)
                     : "r"(a1)
                     : "memory");
    return a0;
#else
    register uintptr_t r0 __asm__("r0") = operation;
    register uintptr_t r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
#endif
}

void board_print(const char *text)
{
    call(SYS_WRITE0, (uintptr_t)text);
}

_Noreturn void board_exit(bool success)
{
    for (;;)
        call(SYS_EXIT, success ? STOPPED_APPLICATION_EXIT : STOPPED_RUN_TIME_ERROR);
}

bool board_open(const char *name)
{
    uintptr_t arguments[] = {(uintptr_t)name, MODE_READ_BINARY, strlen(name)};
    file = call(SYS_OPEN, (uintptr_t)arguments);
    return file != UINTPTR_MAX;
}

bool board_read(void *room, size_t len)
{
    uintptr_t arguments[] = {file, (uintptr_t)room, len};
    /* Returns the number of missing bytes. */
    return call(SYS_READ, (uintptr_t)arguments) == 0;
}
