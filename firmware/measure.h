/* How much stack a call takes, and how many instructions. */
#ifndef MEASURE_H
#define MEASURE_H

/* Carries out a call and prints a line: NAME STACK INSTRUCTIONS. */
void report(const char *name, void (*call)(void));

#endif
