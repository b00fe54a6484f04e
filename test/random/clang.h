// What clang has to be told of the names that bpfasm knows by itself.
typedef unsigned char u8;
typedef signed char s8;
typedef unsigned short u16;
typedef short s16;
typedef unsigned int u32;
typedef int s32;
typedef unsigned long long u64;
typedef long long s64;

#define SEC(name) __attribute__((section(name), used))
#define __always_inline inline __attribute__((always_inline))
#define __noinline __attribute__((noinline))
#define __uint(name, value) int(*name)[value]
#define __type(name, type) typeof(type) *name
#define NULL ((void *)0)

enum { BPF_MAP_TYPE_ARRAY = 2 };

struct __sk_buff {
	u32 len, pkt_type, mark, queue_mapping, protocol;
};
struct xdp_md {
	u32 data, data_end, data_meta, ingress_ifindex;
};

static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*const bpf_loop)(u32 count, void *callback, void *context, u64 flags) = (void *)181;
