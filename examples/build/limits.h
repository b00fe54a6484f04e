/* Included by arrivals.c alone: when it changes, sends.bpf.o stays as it is. */
#define LARGE 1000
