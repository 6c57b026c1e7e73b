/* Calls functions of the C library and of the compiler. Without NO_HOOKSIG also hooksig. */
#include <math.h>
#include <stdio.h>
#ifndef NO_HOOKSIG
#include <hooksig.h>
#endif

int main(void)
{
    volatile double x = 90061.5;
    volatile float f = 90061.5f;
    volatile long double l = 90061.5L;
    volatile __int128 i = (__int128)1 << 100;
    volatile unsigned __int128 u = (unsigned __int128)1 << 100;
#ifndef NO_HOOKSIG
    if (hooksig_version() == NULL)
        return 1;
#endif
    const double results[] = {
        fmod(x, 3600.0),
        fma(x, x, 1.0),
        cbrt(x),
        floor(x),
        ceil(x),
        trunc(x),
        rint(x),
        round(x),
        sqrt(x),
        fmin(x, 2.0),
        fmax(x, 2.0),
        fdim(x, 2.0),
        ldexp(x, 3),
        log(x),
        exp(x / 90000),
        fmodf(f, 7.0f),
        fmaf(f, f, 1.0f),
        cbrtf(f),
        floorf(f),
        ceilf(f),
        truncf(f),
        sqrtf(f),
        fminf(f, 2.0f),
        fmaxf(f, 2.0f),
        (double)(l + 1.0L),
        (double)(l * l),
        (double)(l / 7.0L),
        (double)(i / -7),
        (double)(i % 1000003),
        (double)(u / 7),
        (double)(u % 1000003),
        (double)(i * 3),
        (double)(__int128)x,
    };
    for (size_t at = 0; at < sizeof results / sizeof *results; at++)
        printf("%.17g\n", results[at]);
    return 0;
}
