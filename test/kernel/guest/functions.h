// Functions and a probe of bpfrun's own that programs are attached to, and what an object's variables may be set to. A part
// of bpfrun.c.
#include <sys/types.h>

#define PROBED __attribute__((noinline, used))

PROBED int uprobe_multi_func_1(int a)
{
	__asm__ volatile("" ::: "memory");
	return a + 1;
}

PROBED int uprobe_multi_func_2(int a)
{
	__asm__ volatile("" ::: "memory");
	return a + 2;
}

PROBED int uprobe_multi_func_3(int a)
{
	__asm__ volatile("" ::: "memory");
	return a + 3;
}

PROBED int uprobe_trigger(void)
{
	__asm__ volatile("" ::: "memory");
	return 7;
}

#ifdef __x86_64__
// instructions of a byte each, so that a probe may lie one byte in
__attribute__((naked, used)) void uprobe_trigger_body(void)
{
	__asm__("nop\n nop\n ret");
}

// a probe of SystemTap's kind: a nop, and a note that says where it is and where its arguments are
#define USDT(name, first, second) \
	__asm__ volatile("990: nop\n" \
			 ".pushsection .note.stapsdt,\"\",\"note\"\n" \
			 ".balign 4\n .4byte 992f-991f, 994f-993f, 3\n" \
			 "991: .asciz \"stapsdt\"\n 992: .balign 4\n" \
			 "993: .8byte 990b, _.stapsdt.base, 0\n" \
			 ".asciz \"bpfrun\"\n .asciz \"" name "\"\n .asciz \"-4@%k0 8@%1\"\n" \
			 "994: .balign 4\n .popsection\n" \
			 ".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n" \
			 ".weak _.stapsdt.base\n .hidden _.stapsdt.base\n" \
			 "_.stapsdt.base: .space 1\n .size _.stapsdt.base, 1\n .popsection\n" ::"r"(first), "r"(second))
#else
static void uprobe_trigger_body(void)
{
}
#define USDT(name, first, second) ((void)(first), (void)(second))
#endif

static void call_probed_functions(void)
{
	int first = -5;
	long second = 0x1234567890;

	for (int i = 0; i < 3; i++)
		first += uprobe_multi_func_1(i) + uprobe_multi_func_2(i) + uprobe_multi_func_3(i) + uprobe_trigger();
	uprobe_trigger_body();
	USDT("probe", first, second);
}

static const char test_data[] = "test_data";

static const struct {
	const char *name;
	const void *address;
} own_symbols[] = {
	{ "uprobe_multi_func_1", uprobe_multi_func_1 }, { "uprobe_multi_func_2", uprobe_multi_func_2 },
	{ "uprobe_multi_func_3", uprobe_multi_func_3 }, { "uprobe_trigger", uprobe_trigger },
	{ "uprobe_trigger_body", uprobe_trigger_body }, { "test_data", test_data },
};

// A number, or the address of one of ours: &NAME
static unsigned long long value_of(const char *text)
{
	for (size_t i = 0; *text == '&' && i < sizeof own_symbols / sizeof *own_symbols; i++)
		if (!strcmp(own_symbols[i].name, text + 1))
			return (unsigned long)own_symbols[i].address;
	return strtoull(text, NULL, 0);
}
