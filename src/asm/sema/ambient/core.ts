/** Names of `bpf_core_read.h`: CO-RE questions and reads. One definition a line. */
export const coreMacros = `
BPF_FIELD_BYTE_OFFSET 0
BPF_FIELD_BYTE_SIZE 1
BPF_FIELD_EXISTS 2
BPF_FIELD_SIGNED 3
BPF_FIELD_LSHIFT_U64 4
BPF_FIELD_RSHIFT_U64 5
BPF_TYPE_ID_LOCAL 0
BPF_TYPE_ID_TARGET 1
BPF_TYPE_EXISTS 0
BPF_TYPE_SIZE 1
BPF_TYPE_MATCHES 2
BPF_ENUMVAL_EXISTS 0
BPF_ENUMVAL_VALUE 1
__CORE_RELO(src, field, info) __builtin_preserve_field_info((src)->field, BPF_FIELD_##info)
___bpf_field_ref1(field) (field)
___bpf_field_ref2(type, field) (((typeof(type) *)0)->field)
___bpf_field_ref(args...) ___bpf_apply(___bpf_field_ref, ___bpf_narg(args))(args)
bpf_core_field_exists(field...) __builtin_preserve_field_info(___bpf_field_ref(field), 2)
bpf_core_field_size(field...) __builtin_preserve_field_info(___bpf_field_ref(field), 1)
bpf_core_field_offset(field...) __builtin_preserve_field_info(___bpf_field_ref(field), 0)
bpf_core_type_id_local(type) __builtin_btf_type_id(*(typeof(type) *)0, 0)
bpf_core_type_id_kernel(type) __builtin_btf_type_id(*(typeof(type) *)0, 1)
bpf_core_type_exists(type) __builtin_preserve_type_info(*(typeof(type) *)0, 0)
bpf_core_type_size(type) __builtin_preserve_type_info(*(typeof(type) *)0, 1)
bpf_core_type_matches(type) __builtin_preserve_type_info(*(typeof(type) *)0, 2)
bpf_core_enum_value_exists(type, value) __builtin_preserve_enum_value(*(typeof(type) *)value, 0)
bpf_core_enum_value(type, value) __builtin_preserve_enum_value(*(typeof(type) *)value, 1)
bpf_core_read(dst, sz, src) bpf_probe_read_kernel(dst, sz, (const void *)__builtin_preserve_access_index(src))
bpf_core_read_user(dst, sz, src) bpf_probe_read_user(dst, sz, (const void *)__builtin_preserve_access_index(src))
bpf_core_read_str(dst, sz, src) bpf_probe_read_kernel_str(dst, sz, (const void *)__builtin_preserve_access_index(src))
bpf_core_read_user_str(dst, sz, src) bpf_probe_read_user_str(dst, sz, (const void *)__builtin_preserve_access_index(src))
bpf_core_cast(ptr, type) ((typeof(type) *)bpf_rdonly_cast((ptr), bpf_core_type_id_kernel(type)))
___bpf_last(...) ___bpf_apply(___bpf_last, ___bpf_narg(__VA_ARGS__))(__VA_ARGS__)
___bpf_arrow(...) ___bpf_apply(___bpf_arrow, ___bpf_narg(__VA_ARGS__))(__VA_ARGS__)
___bpf_type(...) typeof(___bpf_arrow(__VA_ARGS__))
___bpf_last1(a) a
___bpf_last2(a, b) b
___bpf_last3(a, b, c) c
___bpf_last4(a, b, c, d) d
___bpf_last5(a, b, c, d, e) e
___bpf_last6(a, b, c, d, e, f) f
___bpf_last7(a, b, c, d, e, f, g) g
___bpf_last8(a, b, c, d, e, f, g, h) h
___bpf_last9(a, b, c, d, e, f, g, h, i) i
___bpf_last10(a, b, c, d, e, f, g, h, i, j) j
___bpf_arrow1(a) a
___bpf_arrow2(a, b) a->b
___bpf_arrow3(a, b, c) a->b->c
___bpf_arrow4(a, b, c, d) a->b->c->d
___bpf_arrow5(a, b, c, d, e) a->b->c->d->e
___bpf_arrow6(a, b, c, d, e, f) a->b->c->d->e->f
___bpf_arrow7(a, b, c, d, e, f, g) a->b->c->d->e->f->g
___bpf_arrow8(a, b, c, d, e, f, g, h) a->b->c->d->e->f->g->h
___bpf_arrow9(a, b, c, d, e, f, g, h, i) a->b->c->d->e->f->g->h->i
___bpf_arrow10(a, b, c, d, e, f, g, h, i, j) a->b->c->d->e->f->g->h->i->j
___bpf_core_into2(fn, dst, a, b) fn((dst), sizeof(*(dst)), &(a)->b)
___bpf_core_into3(fn, dst, a, b, c) ({ const void *__t; bpf_core_read(&__t, sizeof(__t), &(a)->b); fn((dst), sizeof(*(dst)), &((typeof((a)->b))__t)->c); })
___bpf_core_into4(fn, dst, a, b, c, d) ({ const void *__t; bpf_core_read(&__t, sizeof(__t), &(a)->b); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c))__t)->d); })
___bpf_core_into5(fn, dst, a, b, c, d, e) ({ const void *__t; bpf_core_read(&__t, sizeof(__t), &(a)->b); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d))__t)->e); })
___bpf_core_into6(fn, dst, a, b, c, d, e, f) ({ const void *__t; bpf_core_read(&__t, sizeof(__t), &(a)->b); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e))__t)->f); })
___bpf_core_into7(fn, dst, a, b, c, d, e, f, g) ({ const void *__t; bpf_core_read(&__t, sizeof(__t), &(a)->b); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c->d->e))__t)->f); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e->f))__t)->g); })
___bpf_core_into8(fn, dst, a, b, c, d, e, f, g, h) ({ const void *__t; bpf_core_read(&__t, sizeof(__t), &(a)->b); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c->d->e))__t)->f); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f))__t)->g); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e->f->g))__t)->h); })
___bpf_core_into9(fn, dst, a, b, c, d, e, f, g, h, i) ({ const void *__t; bpf_core_read(&__t, sizeof(__t), &(a)->b); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c->d->e))__t)->f); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f))__t)->g); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f->g))__t)->h); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e->f->g->h))__t)->i); })
___bpf_core_into10(fn, dst, a, b, c, d, e, f, g, h, i, j) ({ const void *__t; bpf_core_read(&__t, sizeof(__t), &(a)->b); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c->d->e))__t)->f); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f))__t)->g); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f->g))__t)->h); bpf_core_read(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f->g->h))__t)->i); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e->f->g->h->i))__t)->j); })
___bpf_core_user_into2(fn, dst, a, b) fn((dst), sizeof(*(dst)), &(a)->b)
___bpf_core_user_into3(fn, dst, a, b, c) ({ const void *__t; bpf_core_read_user(&__t, sizeof(__t), &(a)->b); fn((dst), sizeof(*(dst)), &((typeof((a)->b))__t)->c); })
___bpf_core_user_into4(fn, dst, a, b, c, d) ({ const void *__t; bpf_core_read_user(&__t, sizeof(__t), &(a)->b); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c))__t)->d); })
___bpf_core_user_into5(fn, dst, a, b, c, d, e) ({ const void *__t; bpf_core_read_user(&__t, sizeof(__t), &(a)->b); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d))__t)->e); })
___bpf_core_user_into6(fn, dst, a, b, c, d, e, f) ({ const void *__t; bpf_core_read_user(&__t, sizeof(__t), &(a)->b); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e))__t)->f); })
___bpf_core_user_into7(fn, dst, a, b, c, d, e, f, g) ({ const void *__t; bpf_core_read_user(&__t, sizeof(__t), &(a)->b); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e))__t)->f); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e->f))__t)->g); })
___bpf_core_user_into8(fn, dst, a, b, c, d, e, f, g, h) ({ const void *__t; bpf_core_read_user(&__t, sizeof(__t), &(a)->b); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e))__t)->f); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f))__t)->g); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e->f->g))__t)->h); })
___bpf_core_user_into9(fn, dst, a, b, c, d, e, f, g, h, i) ({ const void *__t; bpf_core_read_user(&__t, sizeof(__t), &(a)->b); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e))__t)->f); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f))__t)->g); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f->g))__t)->h); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e->f->g->h))__t)->i); })
___bpf_core_user_into10(fn, dst, a, b, c, d, e, f, g, h, i, j) ({ const void *__t; bpf_core_read_user(&__t, sizeof(__t), &(a)->b); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e))__t)->f); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f))__t)->g); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f->g))__t)->h); bpf_core_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f->g->h))__t)->i); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e->f->g->h->i))__t)->j); })
___bpf_probe_into2(fn, dst, a, b) fn((dst), sizeof(*(dst)), &(a)->b)
___bpf_probe_into3(fn, dst, a, b, c) ({ const void *__t; bpf_probe_read_kernel(&__t, sizeof(__t), &(a)->b); fn((dst), sizeof(*(dst)), &((typeof((a)->b))__t)->c); })
___bpf_probe_into4(fn, dst, a, b, c, d) ({ const void *__t; bpf_probe_read_kernel(&__t, sizeof(__t), &(a)->b); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c))__t)->d); })
___bpf_probe_into5(fn, dst, a, b, c, d, e) ({ const void *__t; bpf_probe_read_kernel(&__t, sizeof(__t), &(a)->b); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d))__t)->e); })
___bpf_probe_into6(fn, dst, a, b, c, d, e, f) ({ const void *__t; bpf_probe_read_kernel(&__t, sizeof(__t), &(a)->b); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e))__t)->f); })
___bpf_probe_into7(fn, dst, a, b, c, d, e, f, g) ({ const void *__t; bpf_probe_read_kernel(&__t, sizeof(__t), &(a)->b); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c->d->e))__t)->f); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e->f))__t)->g); })
___bpf_probe_into8(fn, dst, a, b, c, d, e, f, g, h) ({ const void *__t; bpf_probe_read_kernel(&__t, sizeof(__t), &(a)->b); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c->d->e))__t)->f); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f))__t)->g); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e->f->g))__t)->h); })
___bpf_probe_into9(fn, dst, a, b, c, d, e, f, g, h, i) ({ const void *__t; bpf_probe_read_kernel(&__t, sizeof(__t), &(a)->b); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c->d->e))__t)->f); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f))__t)->g); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f->g))__t)->h); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e->f->g->h))__t)->i); })
___bpf_probe_into10(fn, dst, a, b, c, d, e, f, g, h, i, j) ({ const void *__t; bpf_probe_read_kernel(&__t, sizeof(__t), &(a)->b); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c->d->e))__t)->f); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f))__t)->g); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f->g))__t)->h); bpf_probe_read_kernel(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f->g->h))__t)->i); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e->f->g->h->i))__t)->j); })
___bpf_probe_user_into2(fn, dst, a, b) fn((dst), sizeof(*(dst)), &(a)->b)
___bpf_probe_user_into3(fn, dst, a, b, c) ({ const void *__t; bpf_probe_read_user(&__t, sizeof(__t), &(a)->b); fn((dst), sizeof(*(dst)), &((typeof((a)->b))__t)->c); })
___bpf_probe_user_into4(fn, dst, a, b, c, d) ({ const void *__t; bpf_probe_read_user(&__t, sizeof(__t), &(a)->b); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c))__t)->d); })
___bpf_probe_user_into5(fn, dst, a, b, c, d, e) ({ const void *__t; bpf_probe_read_user(&__t, sizeof(__t), &(a)->b); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d))__t)->e); })
___bpf_probe_user_into6(fn, dst, a, b, c, d, e, f) ({ const void *__t; bpf_probe_read_user(&__t, sizeof(__t), &(a)->b); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e))__t)->f); })
___bpf_probe_user_into7(fn, dst, a, b, c, d, e, f, g) ({ const void *__t; bpf_probe_read_user(&__t, sizeof(__t), &(a)->b); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e))__t)->f); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e->f))__t)->g); })
___bpf_probe_user_into8(fn, dst, a, b, c, d, e, f, g, h) ({ const void *__t; bpf_probe_read_user(&__t, sizeof(__t), &(a)->b); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e))__t)->f); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f))__t)->g); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e->f->g))__t)->h); })
___bpf_probe_user_into9(fn, dst, a, b, c, d, e, f, g, h, i) ({ const void *__t; bpf_probe_read_user(&__t, sizeof(__t), &(a)->b); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e))__t)->f); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f))__t)->g); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f->g))__t)->h); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e->f->g->h))__t)->i); })
___bpf_probe_user_into10(fn, dst, a, b, c, d, e, f, g, h, i, j) ({ const void *__t; bpf_probe_read_user(&__t, sizeof(__t), &(a)->b); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b))__t)->c); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c))__t)->d); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d))__t)->e); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e))__t)->f); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f))__t)->g); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f->g))__t)->h); bpf_probe_read_user(&__t, sizeof(__t), &((typeof((a)->b->c->d->e->f->g->h))__t)->i); fn((dst), sizeof(*(dst)), &((typeof((a)->b->c->d->e->f->g->h->i))__t)->j); })
BPF_CORE_READ_INTO(dst, src, a...) ___bpf_apply(___bpf_core_into, ___bpf_narg(src, ##a))(bpf_core_read, dst, src, ##a)
BPF_CORE_READ_USER_INTO(dst, src, a...) ___bpf_apply(___bpf_core_user_into, ___bpf_narg(src, ##a))(bpf_core_read_user, dst, src, ##a)
BPF_PROBE_READ_INTO(dst, src, a...) ___bpf_apply(___bpf_probe_into, ___bpf_narg(src, ##a))(bpf_probe_read_kernel, dst, src, ##a)
BPF_PROBE_READ_USER_INTO(dst, src, a...) ___bpf_apply(___bpf_probe_user_into, ___bpf_narg(src, ##a))(bpf_probe_read_user, dst, src, ##a)
BPF_CORE_READ_STR_INTO(dst, src, a...) ___bpf_apply(___bpf_core_into, ___bpf_narg(src, ##a))(bpf_core_read_str, dst, src, ##a)
BPF_CORE_READ_USER_STR_INTO(dst, src, a...) ___bpf_apply(___bpf_core_user_into, ___bpf_narg(src, ##a))(bpf_core_read_user_str, dst, src, ##a)
BPF_PROBE_READ_STR_INTO(dst, src, a...) ___bpf_apply(___bpf_probe_into, ___bpf_narg(src, ##a))(bpf_probe_read_kernel_str, dst, src, ##a)
BPF_PROBE_READ_USER_STR_INTO(dst, src, a...) ___bpf_apply(___bpf_probe_user_into, ___bpf_narg(src, ##a))(bpf_probe_read_user_str, dst, src, ##a)
BPF_CORE_READ(src, a...) ({ ___bpf_type((src), ##a) __r; BPF_CORE_READ_INTO(&__r, (src), ##a); __r; })
BPF_CORE_READ_USER(src, a...) ({ ___bpf_type((src), ##a) __r; BPF_CORE_READ_USER_INTO(&__r, (src), ##a); __r; })
BPF_PROBE_READ(src, a...) ({ ___bpf_type((src), ##a) __r; BPF_PROBE_READ_INTO(&__r, (src), ##a); __r; })
BPF_PROBE_READ_USER(src, a...) ({ ___bpf_type((src), ##a) __r; BPF_PROBE_READ_USER_INTO(&__r, (src), ##a); __r; })
`;
