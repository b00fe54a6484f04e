// Runs `work` of the header that CASE names on this machine; prints the bytes of each array that NAMES lists.
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef uint8_t u8;
typedef int8_t s8;
typedef uint16_t u16;
typedef int16_t s16;
typedef uint32_t u32;
typedef int32_t s32;
typedef unsigned long long u64;
typedef long long s64;
#define __noinline __attribute__((noinline))

#include CASE

static void print(const char *name, const void *bytes, size_t size)
{
	printf("%s ", name);
	for (size_t i = 0; i < size; i++)
		printf("%02x", ((const unsigned char *)bytes)[i]);
	puts("");
}

#define PRINT(name) print(#name, &name, sizeof name);

int main(void)
{
	work();
	NAMES(PRINT)
	return 0;
}
