/** Names of `bpf_endian.h`, constants that are macros in the kernel's headers. One definition a line. */
export const constantMacros = `
bpf_htons(x) ((unsigned short)__builtin_bswap16(x))
bpf_ntohs(x) ((unsigned short)__builtin_bswap16(x))
bpf_htonl(x) ((unsigned int)__builtin_bswap32(x))
bpf_ntohl(x) ((unsigned int)__builtin_bswap32(x))
bpf_cpu_to_be64(x) __builtin_bswap64(x)
bpf_be64_to_cpu(x) __builtin_bswap64(x)
true 1
false 0
__ATOMIC_RELAXED 0
__ATOMIC_CONSUME 1
__ATOMIC_ACQUIRE 2
__ATOMIC_RELEASE 3
__ATOMIC_ACQ_REL 4
__ATOMIC_SEQ_CST 5
`;
