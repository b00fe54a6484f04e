/**
 * `bpf/usdt.bpf.h` where the user has none: the maps that libbpf fills when it attaches a USDT probe, and functions that
 * read a probe's arguments by them. Names, layouts and meanings of the maps are libbpf's (tools/lib/bpf/usdt.c: struct
 * usdt_spec, struct usdt_arg_spec); these are data structures that the loader writes.
 */
export const usdtHeader = `#pragma once
#ifndef BPF_USDT_MAX_SPEC_CNT
#define BPF_USDT_MAX_SPEC_CNT 256
#endif
#ifndef BPF_USDT_MAX_IP_CNT
#define BPF_USDT_MAX_IP_CNT (4 * BPF_USDT_MAX_SPEC_CNT)
#endif
#define BPF_USDT_MAX_ARG_CNT 12

enum __bpf_usdt_arg_type { BPF_USDT_ARG_CONST, BPF_USDT_ARG_REG, BPF_USDT_ARG_REG_DEREF, BPF_USDT_ARG_SIB };

struct __bpf_usdt_arg_spec {
	unsigned long long val_off;
	enum __bpf_usdt_arg_type arg_type : 8;
	unsigned short idx_reg_off : 12;
	unsigned short scale_bitshift : 4;
	unsigned char __reserved : 8;
	short reg_off;
	_Bool arg_signed;
	char arg_bitshift;
};

struct __bpf_usdt_spec {
	struct __bpf_usdt_arg_spec args[BPF_USDT_MAX_ARG_CNT];
	unsigned long long usdt_cookie;
	short arg_cnt;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BPF_USDT_MAX_SPEC_CNT);
	__type(key, int);
	__type(value, struct __bpf_usdt_spec);
} __bpf_usdt_specs SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BPF_USDT_MAX_IP_CNT);
	__type(key, long);
	__type(value, unsigned int);
} __bpf_usdt_ip_to_spec_id SEC(".maps") __weak;

extern const _Bool LINUX_HAS_BPF_COOKIE __kconfig;

/* The number that libbpf gave the probe's place: its cookie, or on old kernels an entry by address. */
static __always_inline int __bpf_usdt_spec_id(struct pt_regs *ctx)
{
	if (LINUX_HAS_BPF_COOKIE)
		return bpf_get_attach_cookie(ctx);
	long ip = PT_REGS_IP(ctx);
	int *id = bpf_map_lookup_elem(&__bpf_usdt_ip_to_spec_id, &ip);
	return id ? *id : -ESRCH;
}

static __always_inline struct __bpf_usdt_spec *__bpf_usdt_find(struct pt_regs *ctx)
{
	int id = __bpf_usdt_spec_id(ctx);
	return id < 0 ? (struct __bpf_usdt_spec *)0 : bpf_map_lookup_elem(&__bpf_usdt_specs, &id);
}

static __always_inline int bpf_usdt_arg_cnt(struct pt_regs *ctx)
{
	struct __bpf_usdt_spec *spec = __bpf_usdt_find(ctx);
	return spec ? spec->arg_cnt : -ESRCH;
}

static __always_inline long bpf_usdt_cookie(struct pt_regs *ctx)
{
	struct __bpf_usdt_spec *spec = __bpf_usdt_find(ctx);
	return spec ? spec->usdt_cookie : 0;
}

static __always_inline int bpf_usdt_arg_size(struct pt_regs *ctx, unsigned long long arg_num)
{
	struct __bpf_usdt_spec *spec = __bpf_usdt_find(ctx);
	if (!spec)
		return -ESRCH;
	if (arg_num >= BPF_USDT_MAX_ARG_CNT)
		return -ENOENT;
	barrier_var(arg_num);
	if (arg_num >= spec->arg_cnt)
		return -ENOENT;
	return (unsigned int)(64 - spec->args[arg_num].arg_bitshift) / 8;
}

/* Whether a register of the probed thread, by its offset in struct pt_regs, could be read. */
#define __bpf_usdt_register(to, off) (bpf_probe_read_kernel(&(to), sizeof(to), (void *)ctx + (off)) == 0)

static __noinline int bpf_usdt_arg(struct pt_regs *ctx, unsigned long long arg_num, long *res)
{
	*res = 0;
	struct __bpf_usdt_spec *spec = __bpf_usdt_find(ctx);
	if (!spec)
		return -ESRCH;
	if (arg_num >= BPF_USDT_MAX_ARG_CNT)
		return -ENOENT;
	barrier_var(arg_num);
	if (arg_num >= spec->arg_cnt)
		return -ENOENT;

	struct __bpf_usdt_arg_spec *arg = &spec->args[arg_num];
	unsigned long val = 0, index = 0;
	if (arg->arg_type > BPF_USDT_ARG_SIB)
		return -EINVAL;
	if (arg->arg_type == BPF_USDT_ARG_CONST)
		val = arg->val_off;
	else if (!__bpf_usdt_register(val, arg->reg_off))
		return -EFAULT;
	if (arg->arg_type == BPF_USDT_ARG_SIB) {
		if (!__bpf_usdt_register(index, arg->idx_reg_off))
			return -EFAULT;
		val += index << arg->scale_bitshift;
	}
	if (arg->arg_type >= BPF_USDT_ARG_REG_DEREF) {
		int err = bpf_probe_read_user(&val, sizeof(val), (void *)(val + arg->val_off));
		if (err)
			return err;
	}
	val <<= arg->arg_bitshift;
	*res = arg->arg_signed ? (long)val >> arg->arg_bitshift : (long)(val >> arg->arg_bitshift);
	return 0;
}
`;
