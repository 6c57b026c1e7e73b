/* What the programs need of the machine that they run on. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes text with a NUL to the debugger, or to standard output. */
void board_print(const char *text);

/* Ends the program; the exit code is 0 on success and 1 otherwise. */
_Noreturn void board_exit(bool success);

/* Opens the file of this name on the debugger's side for reading, the only one that is open. */
bool board_open(const char *name);

/* Reads the next len octets of the file; false if it has not that many. */
bool board_read(void *room, size_t len);

#endif
