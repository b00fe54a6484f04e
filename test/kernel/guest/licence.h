/* The licence that a header-free source gets where it names none. */
char _license[] SEC("license") = "GPL";
