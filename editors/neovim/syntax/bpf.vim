" C, with the words that BPF C adds to it.
runtime! syntax/c.vim
syntax keyword bpfMacro SEC BPF_PROG BPF_PROG2 BPF_KPROBE BPF_KRETPROBE BPF_KSYSCALL BPF_UPROBE BPF_URETPROBE BPF_USDT
syntax keyword bpfMacro __uint __type __array __ulong __ksym __kconfig __kptr __weak __hidden __always_inline __noinline
syntax keyword bpfMacro bpf_printk BPF_CORE_READ BPF_CORE_READ_INTO bpf_for bpf_repeat bpf_for_each can_loop
syntax keyword bpfType u8 u16 u32 u64 s8 s16 s32 s64 __u8 __u16 __u32 __u64 __s8 __s16 __s32 __s64 __be16 __be32 __be64
syntax match bpfHelper /\<bpf_[a-z0-9_]\+\>\ze\s*(/
highlight default link bpfMacro Macro
highlight default link bpfType Type
highlight default link bpfHelper Function
let b:current_syntax = "bpf"
