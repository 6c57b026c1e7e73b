/* Measures the stack and the instructions of a call. */
#ifndef MEASURE_H
#define MEASURE_H

/* Makes a call and prints a line: NAME STACK INSTRUCTIONS. */
void report(const char *name, void (*call)(void));

#endif
