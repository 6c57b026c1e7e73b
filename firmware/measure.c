#include "measure.h"

#include "board.h"

/* SysTick counts down at 25 MHz, the board's clock. In the emulator an instruction takes 64 ns. */
#define SYST_CSR (*(volatile uint32_t *)0xe000e010)
#define SYST_RVR (*(volatile uint32_t *)0xe000e014)
#define SYST_CVR (*(volatile uint32_t *)0xe000e018)
enum { ENABLE = 1, PROCESSOR_CLOCK = 4, TICKS_MASK = 0xffffff };
enum { TICK_NS = 40, INSTRUCTION_NS = 64 };

/* More than any call needs. */
enum { PAINTED_WORDS = 2048 };
static const uint32_t PAINT = 0xa5c3b791;

static uint32_t count_ticks(void (*call)(void))
{
    SYST_RVR = TICKS_MASK;
    SYST_CVR = 0;
    SYST_CSR = ENABLE | PROCESSOR_CLOCK;
    uint32_t start = SYST_CVR;
    call();
    return (start - SYST_CVR) & TICKS_MASK;
}

static void nothing(void)
{
}

/* Paints the stack below the caller's frame, and finds how far down a call wrote. */
__attribute__((noinline)) static uint32_t stack_of(void (*call)(void), uint32_t *ticks)
{
    volatile uint32_t *top = __builtin_frame_address(0);
    top -= 16; /* The frame of this function. */
    for (int at = 1; at <= PAINTED_WORDS; at++)
        top[-at] = PAINT;
    *ticks = count_ticks(call);
    int deepest = PAINTED_WORDS;
    while (deepest > 0 && top[-deepest] == PAINT)
        deepest--;
    return (uint32_t)deepest * sizeof *top;
}

static void print_number(uint32_t number)
{
    char digits[12] = {0};
    size_t at = sizeof digits - 1;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    board_print(" ");
    board_print(digits + at);
}

void report(const char *name, void (*call)(void))
{
    uint32_t ticks, ticks_of_nothing;
    uint32_t stack_of_nothing = stack_of(nothing, &ticks_of_nothing);
    uint32_t stack = stack_of(call, &ticks);
    board_print(name);
    print_number(stack - stack_of_nothing);
    print_number((ticks - ticks_of_nothing) * TICK_NS / INSTRUCTION_NS);
    board_print("\n");
}
