/** Of the read-only documents about the kernel's types where there are no files to hold them; the server in the worker has their texts. */
export const KERNEL_SCHEME = "bpfasm-kernel";
