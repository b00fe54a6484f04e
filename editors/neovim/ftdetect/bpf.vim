" BPF C of bpfasm; *.bpf.c stays C, which the server takes as well.
autocmd BufNewFile,BufRead *.bpf setfiletype bpf
