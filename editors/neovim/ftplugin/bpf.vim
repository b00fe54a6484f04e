" BPF C is written as C is.
runtime! ftplugin/c.vim
setlocal commentstring=//\ %s
