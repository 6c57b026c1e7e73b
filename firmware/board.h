/* The interface of the machine to the programs. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes text with a NUL to the debugger, or to standard output. */
void board_print(const char *text);

/* Ends the program; the exit code is 0 on success and 1 otherwise. */
_Noreturn void board_exit(bool success);

/* Opens a file of the debugger's side for reading. Only one file is open at a time. */
bool board_open(const char *name);

/* Reads the next len bytes of the file; returns false if it is shorter. */
bool board_read(void *room, size_t len);

#endif
