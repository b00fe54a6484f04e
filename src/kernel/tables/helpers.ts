/** Helpers with the kinds of their arguments and who may call them. Made by scripts/gen-tables.mjs from data/facts. */

export const helperRows = `
1;bpf_map_lookup_elem;void *;struct bpf_map *:map,const void *:key;a;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;p@PTR_TO_MAP_VALUE+PTR_MAYBE_NULL@CONST_MAP_PTR,PTR_TO_MAP_KEY
2;bpf_map_update_elem;long;struct bpf_map *:map,const void *:key,const void *:value,u64:flags;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;p@INTEGER@CONST_MAP_PTR,PTR_TO_MAP_KEY,PTR_TO_MAP_VALUE,ANYTHING
3;bpf_map_delete_elem;long;struct bpf_map *:map,const void *:key;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;p@INTEGER@CONST_MAP_PTR,PTR_TO_MAP_KEY
4;bpf_probe_read;long;void *:dst,u32:size,const void *:unsafe_ptr;;;0/0/0/0/0/0/0/////0/0/0;g@INTEGER@PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO,ANYTHING
5;bpf_ktime_get_ns;u64;;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@
6;bpf_trace_printk;long;const char *:fmt,u32:fmt_size,...;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;g@INTEGER@PTR_TO_MEM+MEM_RDONLY,CONST_SIZE
7;bpf_get_prandom_u32;u32;;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@
8;bpf_get_smp_processor_id;u32;;;none;0/0/0/0/0/0/0/0/0/1/1/0/0/0;f@INTEGER@|@INTEGER@
9;bpf_skb_store_bytes;long;struct sk_buff *:skb,u32:offset,const void *:from,u32:len,u64:flags;p;;////////0/////;@INTEGER@PTR_TO_CTX,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE,ANYTHING
10;bpf_l3_csum_replace;long;struct sk_buff *:skb,u32:offset,u64:from,u64:to,u64:size;p;;////////0/////;@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING,ANYTHING,ANYTHING
11;bpf_l4_csum_replace;long;struct sk_buff *:skb,u32:offset,u64:from,u64:to,u64:flags;p;;////////0/////;@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING,ANYTHING,ANYTHING
12;bpf_tail_call;long;void *:ctx,struct bpf_map *:prog_array_map,u32:index;p;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@VOID@PTR_TO_CTX,CONST_MAP_PTR,ANYTHING
13;bpf_clone_redirect;long;struct sk_buff *:skb,u32:ifindex,u64:flags;p;;////////0/////;@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING
14;bpf_get_current_pid_tgid;u64;;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@
15;bpf_get_current_uid_gid;u64;;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@
16;bpf_get_current_comm;long;void *:buf,u32:size_of_buf;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE
17;bpf_get_cgroup_classid;u32;struct sk_buff *:skb;;CAP_BPF;0/0/0/0/0/0/0/0/1/0/0/0/0/0;@INTEGER@|@INTEGER@PTR_TO_CTX
18;bpf_skb_vlan_push;long;struct sk_buff *:skb,__be16:vlan_proto,u16:vlan_tci;p;;////////0/////;@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING
19;bpf_skb_vlan_pop;long;struct sk_buff *:skb;p;;////////0/////;@INTEGER@PTR_TO_CTX
20;bpf_skb_get_tunnel_key;long;struct sk_buff *:skb,struct bpf_tunnel_key *:key,u32:size,u64:flags;;;////////0/////;@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE,ANYTHING
21;bpf_skb_set_tunnel_key;long;struct sk_buff *:skb,struct bpf_tunnel_key *:key,u32:size,u64:flags;;;////////0/////;@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE,ANYTHING
22;bpf_perf_event_read;u64;struct bpf_map *:map,u64:flags;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;g@INTEGER@CONST_MAP_PTR,ANYTHING
23;bpf_redirect;long;u32:ifindex,u64:flags;;;///////1/0/////;@INTEGER@ANYTHING,ANYTHING|@INTEGER@ANYTHING,ANYTHING
24;bpf_get_route_realm;u32;struct sk_buff *:skb;;;////////0/////;@INTEGER@PTR_TO_CTX
25;bpf_perf_event_output;long;void *:ctx,struct bpf_map *:map,u64:flags,void *:data,u64:size;;;0/0/0/2/3/0/3/5/4/4/4/0/0/0;g@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO|g@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO|g@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO|g@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO|g@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO|g@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO
26;bpf_skb_load_bytes;long;const void *:skb,u32:offset,void *:to,u32:len;;;////////0/0/0///;@INTEGER@PTR_TO_CTX,ANYTHING,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE|@INTEGER@PTR_TO_CTX,ANYTHING,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE|@INTEGER@PTR_TO_CTX,ANYTHING,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE
27;bpf_get_stackid;long;void *:ctx,struct bpf_map *:map,u64:flags;;;0/0/0/1/2/0/3/////0/0/0;g@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,ANYTHING|g@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,ANYTHING|g@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,ANYTHING|@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,ANYTHING
28;bpf_csum_diff;s64;__be32 *:from,u32:from_size,__be32 *:to,u32:to_size,__wsum:seed;;;///////0/0/////;p@INTEGER@PTR_TO_MEM+MEM_RDONLY+PTR_MAYBE_NULL,CONST_SIZE_OR_ZERO,PTR_TO_MEM+MEM_RDONLY+PTR_MAYBE_NULL,CONST_SIZE_OR_ZERO,ANYTHING
29;bpf_skb_get_tunnel_opt;long;struct sk_buff *:skb,void *:opt,u32:size;;;////////0/////;@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE
30;bpf_skb_set_tunnel_opt;long;struct sk_buff *:skb,void *:opt,u32:size;;;////////0/////;@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE
31;bpf_skb_change_proto;long;struct sk_buff *:skb,__be16:proto,u64:flags;p;;////////0/////;@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING
32;bpf_skb_change_type;long;struct sk_buff *:skb,u32:type;;;////////0/////;@INTEGER@PTR_TO_CTX,ANYTHING
33;bpf_skb_under_cgroup;long;struct sk_buff *:skb,struct bpf_map *:map,u32:index;;;////////0/////;@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,ANYTHING
34;bpf_get_hash_recalc;u32;struct sk_buff *:skb;;;////////0/////;@INTEGER@PTR_TO_CTX
35;bpf_get_current_task;u64;;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;g@INTEGER@
36;bpf_probe_write_user;long;void *:dst,const void *:src,u32:len;;;0/0/0/0/0/0/0/////0/0/0;g@INTEGER@ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE
37;bpf_current_task_under_cgroup;long;struct bpf_map *:map,u32:index;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@CONST_MAP_PTR,ANYTHING
38;bpf_skb_change_tail;long;struct sk_buff *:skb,u32:len,u64:flags;p;;////////0/////;@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING|@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING
39;bpf_skb_pull_data;long;struct sk_buff *:skb,u32:len;p;;////////0/////;@INTEGER@PTR_TO_CTX,ANYTHING|@INTEGER@PTR_TO_CTX,ANYTHING
40;bpf_csum_update;s64;struct sk_buff *:skb,__wsum:csum;;;////////0/////;@INTEGER@PTR_TO_CTX,ANYTHING
41;bpf_set_hash_invalid;void;struct sk_buff *:skb;;;////////0/////;@INTEGER@PTR_TO_CTX
42;bpf_get_numa_node_id;long;;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@
43;bpf_skb_change_head;long;struct sk_buff *:skb,u32:len,u64:flags;p;;////////0/////;@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING|@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING
44;bpf_xdp_adjust_head;long;struct xdp_buff *:xdp_md,int:delta;p;;///////0//////;@INTEGER@PTR_TO_CTX,ANYTHING
45;bpf_probe_read_str;long;void *:dst,u32:size,const void *:unsafe_ptr;;;0/0/0/0/0/0/0/////0/0/0;g@INTEGER@PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO,ANYTHING
46;bpf_get_socket_cookie;u64;struct sk_buff *:skb;;;0/0/0//////3/3/3/0/0/0;@INTEGER@PTR_TO_BTF_ID_SOCK_COMMON+PTR_MAYBE_NULL|@INTEGER@PTR_TO_CTX|@INTEGER@PTR_TO_CTX|@INTEGER@PTR_TO_CTX|@INTEGER@PTR_TO_CTX
47;bpf_get_socket_uid;u32;struct sk_buff *:skb;;;////////0/0/0///;@INTEGER@PTR_TO_CTX
48;bpf_set_hash;long;struct sk_buff *:skb,u32:hash;;;////////0/////;@INTEGER@PTR_TO_CTX,ANYTHING
49;bpf_setsockopt;long;void *:bpf_socket,int:level,int:optname,void *:optval,int:optlen;;;////////////0h/;@INTEGER@PTR_TO_BTF_ID_SOCK_COMMON,ANYTHING,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE|@INTEGER@PTR_TO_BTF_ID_SOCK_COMMON,ANYTHING,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE|@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE
50;bpf_skb_adjust_room;long;struct sk_buff *:skb,s32:len_diff,u32:mode,u64:flags;p;;////////0/////;@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING,ANYTHING|@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING,ANYTHING
51;bpf_redirect_map;long;struct bpf_map *:map,u64:key,u64:flags;;;///////0//////;@INTEGER@CONST_MAP_PTR,ANYTHING,ANYTHING
52;bpf_sk_redirect_map;long;struct sk_buff *:skb,struct bpf_map *:map,u32:key,u64:flags;;;/////////////;@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,ANYTHING,ANYTHING
53;bpf_sock_map_update;long;struct bpf_sock_ops *:skops,struct bpf_map *:map,void *:key,u64:flags;;;/////////////;p@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,PTR_TO_MAP_KEY,ANYTHING
54;bpf_xdp_adjust_meta;long;struct xdp_buff *:xdp_md,int:delta;p;;///////0//////;@INTEGER@PTR_TO_CTX,ANYTHING
55;bpf_perf_event_read_value;long;struct bpf_map *:map,u64:flags,struct bpf_perf_event_value *:buf,u32:buf_size;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;g@INTEGER@CONST_MAP_PTR,ANYTHING,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE
56;bpf_perf_prog_read_value;long;struct bpf_perf_event_data *:ctx,struct bpf_perf_event_value *:buf,u32:buf_size;;;//////0///////;g@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE
57;bpf_getsockopt;long;void *:bpf_socket,int:level,int:optname,void *:optval,int:optlen;;;////////////0h/;@INTEGER@PTR_TO_BTF_ID_SOCK_COMMON,ANYTHING,ANYTHING,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE|@INTEGER@PTR_TO_BTF_ID_SOCK_COMMON,ANYTHING,ANYTHING,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE|@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE
58;bpf_override_return;long;struct pt_regs *:regs,u64:rc;;;///0//////////;g@INTEGER@PTR_TO_CTX,ANYTHING
59;bpf_sock_ops_cb_flags_set;long;struct bpf_sock_ops *:bpf_sock,int:argval;;;/////////////;@INTEGER@PTR_TO_CTX,ANYTHING
60;bpf_msg_redirect_map;long;struct sk_msg_buff *:msg,struct bpf_map *:map,u32:key,u64:flags;;;/////////////;@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,ANYTHING,ANYTHING
61;bpf_msg_apply_bytes;long;struct sk_msg_buff *:msg,u32:bytes;;;/////////////;@INTEGER@PTR_TO_CTX,ANYTHING
62;bpf_msg_cork_bytes;long;struct sk_msg_buff *:msg,u32:bytes;;;/////////////;@INTEGER@PTR_TO_CTX,ANYTHING
63;bpf_msg_pull_data;long;struct sk_msg_buff *:msg,u32:start,u32:end,u64:flags;p;;/////////////;@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING,ANYTHING
64;bpf_bind;long;struct bpf_sock_addr *:ctx,struct sockaddr *:addr,int:addr_len;;;/////////////;@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE
65;bpf_xdp_adjust_tail;long;struct xdp_buff *:xdp_md,int:delta;p;;///////0//////;@INTEGER@PTR_TO_CTX,ANYTHING
66;bpf_skb_get_xfrm_state;long;struct sk_buff *:skb,u32:index,struct bpf_xfrm_state *:xfrm_state,u32:size,u64:flags;;;////////0/////;@INTEGER@PTR_TO_CTX,ANYTHING,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE,ANYTHING
67;bpf_get_stack;long;void *:ctx,void *:buf,u32:size,u64:flags;;;0/0/0/1s2n/3/0/4/////0/0/0;g@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO,ANYTHING|gs@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO,ANYTHING|g@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO,ANYTHING|g@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO,ANYTHING|g@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO,ANYTHING
68;bpf_skb_load_bytes_relative;long;const void *:skb,u32:offset,void *:to,u32:len,u32:start_header;;;////////0/0/0///;@INTEGER@PTR_TO_CTX,ANYTHING,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE,ANYTHING|@INTEGER@PTR_TO_CTX,ANYTHING,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE,ANYTHING
69;bpf_fib_lookup;long;void *:ctx,struct bpf_fib_lookup *:params,int:plen,u32:flags;;;///////1/0/////;g@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_WRITE,CONST_SIZE,ANYTHING|g@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_WRITE,CONST_SIZE,ANYTHING
70;bpf_sock_hash_update;long;struct bpf_sock_ops *:skops,struct bpf_map *:map,void *:key,u64:flags;;;/////////////;p@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,PTR_TO_MAP_KEY,ANYTHING
71;bpf_msg_redirect_hash;long;struct sk_msg_buff *:msg,struct bpf_map *:map,void *:key,u64:flags;;;/////////////;@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,PTR_TO_MAP_KEY,ANYTHING
72;bpf_sk_redirect_hash;long;struct sk_buff *:skb,struct bpf_map *:map,void *:key,u64:flags;;;/////////////;@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,PTR_TO_MAP_KEY,ANYTHING
73;bpf_lwt_push_encap;long;struct sk_buff *:skb,u32:type,void *:hdr,u32:len;p;;/////////////;@INTEGER@PTR_TO_CTX,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE|@INTEGER@PTR_TO_CTX,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE
74;bpf_lwt_seg6_store_bytes;long;struct sk_buff *:skb,u32:offset,const void *:from,u32:len;p;;/////////////;@INTEGER@PTR_TO_CTX,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE
75;bpf_lwt_seg6_adjust_srh;long;struct sk_buff *:skb,u32:offset,s32:delta;p;;/////////////;@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING
76;bpf_lwt_seg6_action;long;struct sk_buff *:skb,u32:action,void *:param,u32:param_len;p;;/////////////;@INTEGER@PTR_TO_CTX,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE
77;bpf_rc_repeat;long;void *:ctx;;;/////////////;g@INTEGER@PTR_TO_CTX
78;bpf_rc_keydown;long;void *:ctx,u32:protocol,u64:scancode,u32:toggle;;;/////////////;g@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING,ANYTHING
79;bpf_skb_cgroup_id;u64;struct sk_buff *:skb;;;////////0/0////;@INTEGER@PTR_TO_CTX
80;bpf_get_current_cgroup_id;u64;;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@
81;bpf_get_local_storage;void *;void *:map,u64:flags;;;/////////0///0/;@PTR_TO_MAP_VALUE@CONST_MAP_PTR,ANYTHING
82;bpf_sk_select_reuseport;long;struct sk_reuseport_md *:reuse,struct bpf_map *:map,void *:key,u64:flags;;;/////////////;@INTEGER@PTR_TO_CTX,CONST_MAP_PTR,PTR_TO_MAP_KEY,ANYTHING
83;bpf_skb_ancestor_cgroup_id;u64;struct sk_buff *:skb,int:ancestor_level;;;////////0/0////;@INTEGER@PTR_TO_CTX,ANYTHING
84;bpf_sk_lookup_tcp;struct bpf_sock *;void *:ctx,struct bpf_sock_tuple *:tuple,u32:tuple_size,u64:netns,u64:flags;a;;///////3/0/2////;p@PTR_TO_SOCKET+PTR_MAYBE_NULL@PTR_TO_CTX,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO,ANYTHING,ANYTHING|@PTR_TO_SOCKET+PTR_MAYBE_NULL@PTR_TO_CTX,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO,ANYTHING,ANYTHING|p@PTR_TO_SOCKET+PTR_MAYBE_NULL@PTR_TO_CTX,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO,ANYTHING,ANYTHING|p@PTR_TO_SOCKET+PTR_MAYBE_NULL@PTR_TO_CTX,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO,ANYTHING,ANYTHING
85;bpf_sk_lookup_udp;struct bpf_sock *;void *:ctx,struct bpf_sock_tuple *:tuple,u32:tuple_size,u64:netns,u64:flags;a;;///////3/0/2////;p@PTR_TO_SOCKET+PTR_MAYBE_NULL@PTR_TO_CTX,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO,ANYTHING,ANYTHING|@PTR_TO_SOCKET+PTR_MAYBE_NULL@PTR_TO_CTX,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO,ANYTHING,ANYTHING|p@PTR_TO_SOCKET+PTR_MAYBE_NULL@PTR_TO_CTX,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO,ANYTHING,ANYTHING|p@PTR_TO_SOCKET+PTR_MAYBE_NULL@PTR_TO_CTX,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO,ANYTHING,ANYTHING
86;bpf_sk_release;long;void *:sock;r;;///////0/0/0////;@INTEGER@PTR_TO_BTF_ID_SOCK_COMMON+OBJ_RELEASE
87;bpf_map_push_elem;long;struct bpf_map *:map,const void *:value,u64:flags;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;p@INTEGER@CONST_MAP_PTR,PTR_TO_MAP_VALUE,ANYTHING
88;bpf_map_pop_elem;long;struct bpf_map *:map,void *:value;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@CONST_MAP_PTR,PTR_TO_MAP_VALUE+MEM_UNINIT+MEM_WRITE
89;bpf_map_peek_elem;long;struct bpf_map *:map,void *:value;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@CONST_MAP_PTR,PTR_TO_MAP_VALUE+MEM_UNINIT+MEM_WRITE
90;bpf_msg_push_data;long;struct sk_msg_buff *:msg,u32:start,u32:len,u64:flags;p;;/////////////;@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING,ANYTHING
91;bpf_msg_pop_data;long;struct sk_msg_buff *:msg,u32:start,u32:len,u64:flags;p;;/////////////;@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING,ANYTHING
92;bpf_rc_pointer_rel;long;void *:ctx,s32:rel_x,s32:rel_y;;;/////////////;g@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING
93;bpf_spin_lock;long;struct bpf_spin_lock *:lock;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@VOID@PTR_TO_SPIN_LOCK+=special (set by verifier)
94;bpf_spin_unlock;long;struct bpf_spin_lock *:lock;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@VOID@PTR_TO_SPIN_LOCK+=special (set by verifier)
95;bpf_sk_fullsock;struct bpf_sock *;struct bpf_sock *:sk;;;////////0/0////;@PTR_TO_SOCKET+PTR_MAYBE_NULL@PTR_TO_SOCK_COMMON
96;bpf_tcp_sock;struct bpf_tcp_sock *;struct bpf_sock *:sk;;;////////0/0////;@PTR_TO_TCP_SOCK+PTR_MAYBE_NULL@PTR_TO_SOCK_COMMON
97;bpf_skb_ecn_set_ce;long;struct sk_buff *:skb;;;////////0/0////;@INTEGER@PTR_TO_CTX
98;bpf_get_listener_sock;struct bpf_sock *;struct bpf_sock *:sk;;;////////0/0////;@PTR_TO_SOCKET+PTR_MAYBE_NULL@PTR_TO_SOCK_COMMON
99;bpf_skc_lookup_tcp;struct bpf_sock *;void *:ctx,struct bpf_sock_tuple *:tuple,u32:tuple_size,u64:netns,u64:flags;a;;///////3/0/2////;p@PTR_TO_SOCK_COMMON+PTR_MAYBE_NULL@PTR_TO_CTX,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO,ANYTHING,ANYTHING|@PTR_TO_SOCK_COMMON+PTR_MAYBE_NULL@PTR_TO_CTX,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO,ANYTHING,ANYTHING|p@PTR_TO_SOCK_COMMON+PTR_MAYBE_NULL@PTR_TO_CTX,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO,ANYTHING,ANYTHING|p@PTR_TO_SOCK_COMMON+PTR_MAYBE_NULL@PTR_TO_CTX,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO,ANYTHING,ANYTHING
100;bpf_tcp_check_syncookie;long;void *:sk,void *:iph,u32:iph_len,struct tcphdr *:th,u32:th_len;;;///////0/0/////;gp@INTEGER@PTR_TO_BTF_ID_SOCK_COMMON,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE
101;bpf_sysctl_get_name;long;struct bpf_sysctl *:ctx,char *:buf,size_t:buf_len,u64:flags;;;/////////////;@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_WRITE,CONST_SIZE,ANYTHING
102;bpf_sysctl_get_current_value;long;struct bpf_sysctl *:ctx,char *:buf,size_t:buf_len;;;/////////////;@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE
103;bpf_sysctl_get_new_value;long;struct bpf_sysctl *:ctx,char *:buf,size_t:buf_len;;;/////////////;@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE
104;bpf_sysctl_set_new_value;long;struct bpf_sysctl *:ctx,const char *:buf,size_t:buf_len;;;/////////////;@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE
105;bpf_strtol;long;const char *:buf,size_t:buf_len,u64:flags,long *:res;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@PTR_TO_MEM+MEM_RDONLY,CONST_SIZE,ANYTHING,PTR_TO_MEM+MEM_ALIGNED+MEM_FIXED_SIZE+MEM_UNINIT+MEM_WRITE+#8
106;bpf_strtoul;long;const char *:buf,size_t:buf_len,u64:flags,unsigned long *:res;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@PTR_TO_MEM+MEM_RDONLY,CONST_SIZE,ANYTHING,PTR_TO_MEM+MEM_ALIGNED+MEM_FIXED_SIZE+MEM_UNINIT+MEM_WRITE+#8
107;bpf_sk_storage_get;void *;struct bpf_map *:map,void *:sk,void *:value,u64:flags;;;0/0/0//////1/1//1/1/0;@PTR_TO_MAP_VALUE+PTR_MAYBE_NULL@CONST_MAP_PTR,PTR_TO_BTF_ID+PTR_MAYBE_NULL+=sock_common,PTR_TO_MAP_VALUE+PTR_MAYBE_NULL,ANYTHING@bpf_sk_storage_tracing_allowed|@PTR_TO_MAP_VALUE+PTR_MAYBE_NULL@CONST_MAP_PTR,PTR_TO_BTF_ID_SOCK_COMMON,PTR_TO_MAP_VALUE+PTR_MAYBE_NULL,ANYTHING|@PTR_TO_MAP_VALUE+PTR_MAYBE_NULL@CONST_MAP_PTR,PTR_TO_CTX,PTR_TO_MAP_VALUE+PTR_MAYBE_NULL,ANYTHING
108;bpf_sk_storage_delete;long;struct bpf_map *:map,void *:sk;;;0/0/0//////1/1//1/1/0;@INTEGER@CONST_MAP_PTR,PTR_TO_BTF_ID+PTR_MAYBE_NULL+=sock_common@bpf_sk_storage_tracing_allowed|@INTEGER@CONST_MAP_PTR,PTR_TO_BTF_ID_SOCK_COMMON
109;bpf_send_signal;long;u32:sig;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@ANYTHING
110;bpf_tcp_gen_syncookie;s64;void *:sk,void *:iph,u32:iph_len,struct tcphdr *:th,u32:th_len;;;///////0/0/////;gp@INTEGER@PTR_TO_BTF_ID_SOCK_COMMON,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE
111;bpf_skb_output;long;void *:ctx,struct bpf_map *:map,u64:flags,void *:data,u64:size;;;0/0/0/////////0/0/0;g@INTEGER@PTR_TO_BTF_ID+=sk_buff,CONST_MAP_PTR,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO
112;bpf_probe_read_user;long;void *:dst,u32:size,const void *:unsafe_ptr;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;g@INTEGER@PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO,ANYTHING
113;bpf_probe_read_kernel;long;void *:dst,u32:size,const void *:unsafe_ptr;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;g@INTEGER@PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO,ANYTHING
114;bpf_probe_read_user_str;long;void *:dst,u32:size,const void *:unsafe_ptr;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;g@INTEGER@PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO,ANYTHING
115;bpf_probe_read_kernel_str;long;void *:dst,u32:size,const void *:unsafe_ptr;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;g@INTEGER@PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO,ANYTHING
116;bpf_tcp_send_ack;long;void *:tp,u32:rcv_nxt;;;/////////////;@INTEGER@PTR_TO_BTF_ID+=tcp_sock,ANYTHING
117;bpf_send_signal_thread;long;u32:sig;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@ANYTHING
118;bpf_jiffies64;u64;;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@
119;bpf_read_branch_records;long;struct bpf_perf_event_data *:ctx,void *:buf,u32:size,u64:flags;;;//////0///////;g@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_WRITE+PTR_MAYBE_NULL,CONST_SIZE_OR_ZERO,ANYTHING
120;bpf_get_ns_current_pid_tgid;long;u64:dev,u64:ino,struct bpf_pidns_info *:nsdata,u32:size;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@ANYTHING,ANYTHING,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE
121;bpf_xdp_output;long;void *:ctx,struct bpf_map *:map,u64:flags,void *:data,u64:size;;;0/0/0/////////0/0/0;g@INTEGER@PTR_TO_BTF_ID+=xdp_buff,CONST_MAP_PTR,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO
122;bpf_get_netns_cookie;u64;void *:ctx;;;////////0/0/0///;@INTEGER@PTR_TO_CTX+PTR_MAYBE_NULL|@INTEGER@PTR_TO_CTX+PTR_MAYBE_NULL|@INTEGER@PTR_TO_CTX+PTR_MAYBE_NULL|@INTEGER@PTR_TO_CTX+PTR_MAYBE_NULL|@INTEGER@PTR_TO_CTX+PTR_MAYBE_NULL|@INTEGER@PTR_TO_CTX+PTR_MAYBE_NULL
123;bpf_get_current_ancestor_cgroup_id;u64;int:ancestor_level;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@ANYTHING
124;bpf_sk_assign;long;struct sk_buff *:skb,void *:sk,u64:flags;;;////////0/////;@INTEGER@PTR_TO_CTX,PTR_TO_BTF_ID_SOCK_COMMON,ANYTHING|@INTEGER@PTR_TO_CTX,PTR_TO_SOCKET+PTR_MAYBE_NULL,ANYTHING
125;bpf_ktime_get_boot_ns;u64;;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@
126;bpf_seq_printf;long;struct seq_file *:m,const char *:fmt,u32:fmt_size,const void *:data,u32:data_len;;;//0///////////;g@INTEGER@PTR_TO_BTF_ID+=seq_file,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE,PTR_TO_MEM+MEM_RDONLY+PTR_MAYBE_NULL,CONST_SIZE_OR_ZERO
127;bpf_seq_write;long;struct seq_file *:m,const void *:data,u32:len;;;//0///////////;g@INTEGER@PTR_TO_BTF_ID+=seq_file,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO
128;bpf_sk_cgroup_id;u64;void *:sk;;;/////////0////;@INTEGER@PTR_TO_BTF_ID_SOCK_COMMON
129;bpf_sk_ancestor_cgroup_id;u64;void *:sk,int:ancestor_level;;;/////////0////;@INTEGER@PTR_TO_BTF_ID_SOCK_COMMON,ANYTHING
130;bpf_ringbuf_output;long;void *:ringbuf,void *:data,u64:size,u64:flags;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@CONST_MAP_PTR,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO,ANYTHING
131;bpf_ringbuf_reserve;void *;void *:ringbuf,u64:size,u64:flags;a;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@PTR_TO_MEM+MEM_RINGBUF+PTR_MAYBE_NULL@CONST_MAP_PTR,CONST_ALLOC_SIZE_OR_ZERO,ANYTHING
132;bpf_ringbuf_submit;void;void *:data,u64:flags;r;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@VOID@PTR_TO_RINGBUF_MEM+OBJ_RELEASE,ANYTHING
133;bpf_ringbuf_discard;void;void *:data,u64:flags;r;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@VOID@PTR_TO_RINGBUF_MEM+OBJ_RELEASE,ANYTHING
134;bpf_ringbuf_query;u64;void *:ringbuf,u64:flags;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@CONST_MAP_PTR,ANYTHING
135;bpf_csum_level;long;struct sk_buff *:skb,u64:level;;;////////0/////;@INTEGER@PTR_TO_CTX,ANYTHING
136;bpf_skc_to_tcp6_sock;struct tcp6_sock *;void *:sk;;;0/0/0/////0/0/0/0/0/0/0;@PTR_TO_BTF_ID+PTR_MAYBE_NULL+=tcp6_sock@PTR_TO_BTF_ID_SOCK_COMMON
137;bpf_skc_to_tcp_sock;struct tcp_sock *;void *:sk;;;0/0/0/////0/0/0/0/0/0/0;@PTR_TO_BTF_ID+PTR_MAYBE_NULL+=tcp_sock@PTR_TO_BTF_ID_SOCK_COMMON
138;bpf_skc_to_tcp_timewait_sock;struct tcp_timewait_sock *;void *:sk;;;0/0/0/////0/0/0/0/0/0/0;@PTR_TO_BTF_ID+PTR_MAYBE_NULL+=tcp_timewait_sock@PTR_TO_BTF_ID_SOCK_COMMON
139;bpf_skc_to_tcp_request_sock;struct tcp_request_sock *;void *:sk;;;0/0/0/////0/0/0/0/0/0/0;@PTR_TO_BTF_ID+PTR_MAYBE_NULL+=tcp_request_sock@PTR_TO_BTF_ID_SOCK_COMMON
140;bpf_skc_to_udp6_sock;struct udp6_sock *;void *:sk;;;0/0/0/////0/0/0/0/0/0/0;@PTR_TO_BTF_ID+PTR_MAYBE_NULL+=udp6_sock@PTR_TO_BTF_ID_SOCK_COMMON
141;bpf_get_task_stack;long;struct task_struct *:task,void *:buf,u32:size,u64:flags;;CAP_PERFMON;1s0n/1s0n/1s0n/1s0n/1s0n/1s0n/1s0n/1s0n/1s0n/1s0n/1s0n/1s0n/1s0n/1s0n;@INTEGER@PTR_TO_BTF_ID+=task_struct,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO,ANYTHING|s@INTEGER@PTR_TO_BTF_ID+=task_struct,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO,ANYTHING
142;bpf_load_hdr_opt;long;struct bpf_sock_ops *:skops,void *:searchby_res,u32:len,u64:flags;;;/////////////;@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_WRITE,CONST_SIZE,ANYTHING
143;bpf_store_hdr_opt;long;struct bpf_sock_ops *:skops,const void *:from,u32:len,u64:flags;p;;/////////////;@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE,ANYTHING
144;bpf_reserve_hdr_opt;long;struct bpf_sock_ops *:skops,u32:len,u64:flags;;;/////////////;@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING
145;bpf_inode_storage_get;void *;struct bpf_map *:map,void *:inode,void *:value,u64:flags;;;///////////0/0/;@PTR_TO_MAP_VALUE+PTR_MAYBE_NULL@CONST_MAP_PTR,PTR_TO_BTF_ID+PTR_MAYBE_NULL+=inode,PTR_TO_MAP_VALUE+PTR_MAYBE_NULL,ANYTHING
146;bpf_inode_storage_delete;int;struct bpf_map *:map,void *:inode;;;///////////0/0/;@INTEGER@CONST_MAP_PTR,PTR_TO_BTF_ID+PTR_MAYBE_NULL+=inode
147;bpf_d_path;long;const struct path *:path,char *:buf,u32:sz;;;0/0/0/////////0/0/0;@INTEGER@PTR_TO_BTF_ID+=path,PTR_TO_MEM+MEM_WRITE,CONST_SIZE_OR_ZERO@bpf_d_path_allowed
148;bpf_copy_from_user;long;void *:dst,u32:size,const void *:user_ptr;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;s@INTEGER@PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO,ANYTHING
149;bpf_snprintf_btf;long;char *:str,u32:str_size,struct btf_ptr *:ptr,u32:btf_ptr_size,u64:flags;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@PTR_TO_MEM+MEM_WRITE,CONST_SIZE,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE,ANYTHING
150;bpf_seq_printf_btf;long;struct seq_file *:m,struct btf_ptr *:ptr,u32:ptr_size,u64:flags;;;//0///////////;g@INTEGER@PTR_TO_BTF_ID+=seq_file,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO,ANYTHING
151;bpf_skb_cgroup_classid;u64;struct sk_buff *:skb;;;////////0/////;@INTEGER@PTR_TO_CTX
152;bpf_redirect_neigh;long;u32:ifindex,struct bpf_redir_neigh *:params,int:plen,u64:flags;;;////////0/////;@INTEGER@ANYTHING,PTR_TO_MEM+MEM_RDONLY+PTR_MAYBE_NULL,CONST_SIZE_OR_ZERO,ANYTHING
153;bpf_per_cpu_ptr;void *;const void *:percpu_ptr,u32:cpu;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@PTR_TO_MEM_OR_BTF_ID+MEM_RDONLY+PTR_MAYBE_NULL@PTR_TO_PERCPU_BTF_ID,ANYTHING
154;bpf_this_cpu_ptr;void *;const void *:percpu_ptr;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@PTR_TO_MEM_OR_BTF_ID+MEM_RDONLY@PTR_TO_PERCPU_BTF_ID
155;bpf_redirect_peer;long;u32:ifindex,u64:flags;;;////////0/////;@INTEGER@ANYTHING,ANYTHING
156;bpf_task_storage_get;void *;struct bpf_map *:map,struct task_struct *:task,void *:value,u64:flags;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@PTR_TO_MAP_VALUE+PTR_MAYBE_NULL@CONST_MAP_PTR,PTR_TO_BTF_ID+PTR_MAYBE_NULL+=task_struct,PTR_TO_MAP_VALUE+PTR_MAYBE_NULL,ANYTHING
157;bpf_task_storage_delete;long;struct bpf_map *:map,struct task_struct *:task;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@CONST_MAP_PTR,PTR_TO_BTF_ID+PTR_MAYBE_NULL+=task_struct
158;bpf_get_current_task_btf;struct task_struct *;;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;g@PTR_TO_BTF_ID+PTR_TRUSTED+=task_struct@
159;bpf_bprm_opts_set;long;struct linux_binprm *:bprm,u64:flags;;;///////////0/0/;@INTEGER@PTR_TO_BTF_ID+=linux_binprm,ANYTHING
160;bpf_ktime_get_coarse_ns;u64;;;;///////0/0/0/0///;@INTEGER@
161;bpf_ima_inode_hash;long;struct inode *:inode,void *:dst,u32:size;;;///////////0/0/;s@INTEGER@PTR_TO_BTF_ID+=inode,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE@bpf_ima_inode_hash_allowed
162;bpf_sock_from_file;struct socket *;struct file *:file;;;0/0/0/////////0/0/0;@PTR_TO_BTF_ID+PTR_MAYBE_NULL+=socket@PTR_TO_BTF_ID+=file
163;bpf_check_mtu;long;void *:ctx,u32:ifindex,u32 *:mtu_len,s32:len_diff,u64:flags;;;///////1/0/////;g@INTEGER@PTR_TO_CTX,ANYTHING,PTR_TO_MEM+MEM_ALIGNED+MEM_FIXED_SIZE+MEM_WRITE+#4,ANYTHING,ANYTHING|g@INTEGER@PTR_TO_CTX,ANYTHING,PTR_TO_MEM+MEM_ALIGNED+MEM_FIXED_SIZE+MEM_WRITE+#4,ANYTHING,ANYTHING
164;bpf_for_each_map_elem;long;struct bpf_map *:map,void *:callback_fn,void *:callback_ctx,u64:flags;c;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@CONST_MAP_PTR,PTR_TO_FUNC,PTR_TO_STACK+PTR_MAYBE_NULL,ANYTHING
165;bpf_snprintf;long;char *:str,u32:str_size,const char *:fmt,u64 *:data,u32:data_len;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;g@INTEGER@PTR_TO_MEM+MEM_WRITE+PTR_MAYBE_NULL,CONST_SIZE_OR_ZERO,PTR_TO_CONST_STR,PTR_TO_MEM+MEM_RDONLY+PTR_MAYBE_NULL,CONST_SIZE_OR_ZERO
166;bpf_sys_bpf;long;u32:cmd,void *:attr,u32:attr_size;;;/////////////0;s@INTEGER@ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE
167;bpf_btf_find_by_name_kind;long;char *:name,int:name_sz,u32:kind,int:flags;;;/////////////0;s@INTEGER@PTR_TO_MEM+MEM_RDONLY,CONST_SIZE,ANYTHING,ANYTHING
168;bpf_sys_close;long;u32:fd;;;/////////////0;s@INTEGER@ANYTHING
169;bpf_timer_init;long;struct bpf_timer *:timer,struct bpf_map *:map,u64:flags;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;g@INTEGER@PTR_TO_TIMER,CONST_MAP_PTR,ANYTHING
170;bpf_timer_set_callback;long;struct bpf_timer *:timer,void *:callback_fn;d;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;g@INTEGER@PTR_TO_TIMER,PTR_TO_FUNC
171;bpf_timer_start;long;struct bpf_timer *:timer,u64:nsecs,u64:flags;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;g@INTEGER@PTR_TO_TIMER,ANYTHING,ANYTHING
172;bpf_timer_cancel;long;struct bpf_timer *:timer;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;g@INTEGER@PTR_TO_TIMER
173;bpf_get_func_ip;u64;void *:ctx;;;0///1k2u3o//////////;g@INTEGER@PTR_TO_CTX|@INTEGER@PTR_TO_CTX|@INTEGER@PTR_TO_CTX|g@INTEGER@PTR_TO_CTX
174;bpf_get_attach_cookie;u64;void *:ctx;;;0/0//2k3u4o/4/0/5/////1//;@INTEGER@PTR_TO_CTX|@INTEGER@PTR_TO_CTX|@INTEGER@PTR_TO_CTX|@INTEGER@PTR_TO_CTX|@INTEGER@PTR_TO_CTX|@INTEGER@PTR_TO_CTX
175;bpf_task_pt_regs;long;struct task_struct *:task;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;g@PTR_TO_BTF_ID+=pt_regs@PTR_TO_BTF_ID+=task_struct
176;bpf_get_branch_snapshot;long;void *:entries,u32:size,u64:flags;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;g@INTEGER@PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO
177;bpf_trace_vprintk;long;const char *:fmt,u32:fmt_size,const void *:data,u32:data_len;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;g@INTEGER@PTR_TO_MEM+MEM_RDONLY,CONST_SIZE,PTR_TO_MEM+MEM_RDONLY+PTR_MAYBE_NULL,CONST_SIZE_OR_ZERO
178;bpf_skc_to_unix_sock;struct unix_sock *;void *:sk;;;0/0/0/////0/0/0/0/0/0/0;@PTR_TO_BTF_ID+PTR_MAYBE_NULL+=unix_sock@PTR_TO_BTF_ID_SOCK_COMMON
179;bpf_kallsyms_lookup_name;long;const char *:name,int:name_sz,int:flags,u64 *:res;;;/////////////0;@INTEGER@PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO,ANYTHING,PTR_TO_MEM+MEM_ALIGNED+MEM_FIXED_SIZE+MEM_UNINIT+MEM_WRITE+#8
180;bpf_find_vma;long;struct task_struct *:task,u64:addr,void *:callback_fn,void *:callback_ctx,u64:flags;c;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@PTR_TO_BTF_ID+=task_struct,ANYTHING,PTR_TO_FUNC,PTR_TO_STACK+PTR_MAYBE_NULL,ANYTHING
181;bpf_loop;long;u32:nr_loops,void *:callback_fn,void *:callback_ctx,u64:flags;c;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@SCALAR,PTR_TO_FUNC,PTR_TO_STACK+PTR_MAYBE_NULL,ANYTHING
182;bpf_strncmp;long;const char *:s1,u32:s1_sz,const char *:s2;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@PTR_TO_MEM+MEM_RDONLY,CONST_SIZE,PTR_TO_CONST_STR
183;bpf_get_func_arg;long;void *:ctx,u32:n,u64 *:value;;;0/0//////////0//;@INTEGER@PTR_TO_CTX,ANYTHING,PTR_TO_MEM+MEM_ALIGNED+MEM_FIXED_SIZE+MEM_UNINIT+MEM_WRITE+#8
184;bpf_get_func_ret;long;void *:ctx,u64 *:value;;;0///////////0//;@INTEGER@PTR_TO_CTX,PTR_TO_MEM+MEM_ALIGNED+MEM_FIXED_SIZE+MEM_UNINIT+MEM_WRITE+#8
185;bpf_get_func_arg_cnt;long;void *:ctx;;;0/0//////////0//;@INTEGER@PTR_TO_CTX
186;bpf_get_retval;int;;;;////////////0h/;@INTEGER@
187;bpf_set_retval;int;int:retval;;;////////////0h/;@INTEGER@ANYTHING
188;bpf_xdp_get_buff_len;u64;struct xdp_buff *:xdp_md;;;0/0/0/////1////0/0/0;@INTEGER@PTR_TO_BTF_ID+=xdp_buff|@INTEGER@PTR_TO_CTX
189;bpf_xdp_load_bytes;long;struct xdp_buff *:xdp_md,u32:offset,void *:buf,u32:len;;;///////0//////;@INTEGER@PTR_TO_CTX,ANYTHING,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE
190;bpf_xdp_store_bytes;long;struct xdp_buff *:xdp_md,u32:offset,void *:buf,u32:len;;;///////0//////;@INTEGER@PTR_TO_CTX,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE
191;bpf_copy_from_user_task;long;void *:dst,u32:size,const void *:user_ptr,struct task_struct *:tsk,u64:flags;;CAP_PERFMON;0/0/0/0/0/0/0/0/0/0/0/0/0/0;gs@INTEGER@PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO,ANYTHING,PTR_TO_BTF_ID+=task_struct,ANYTHING
192;bpf_skb_set_tstamp;long;struct sk_buff *:skb,u64:tstamp,u32:tstamp_type;;;////////0/////;@INTEGER@PTR_TO_CTX,ANYTHING,ANYTHING
193;bpf_ima_file_hash;long;struct file *:file,void *:dst,u32:size;;;///////////0/0/;s@INTEGER@PTR_TO_BTF_ID+=file,PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE@bpf_ima_inode_hash_allowed
194;bpf_kptr_xchg;void *;void *:dst,void *:ptr;ar;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@PTR_TO_BTF_ID+PTR_MAYBE_NULL+=special (set by verifier)@KPTR_XCHG_DEST,PTR_TO_BTF_ID+OBJ_RELEASE+PTR_MAYBE_NULL+=special (set by verifier)
195;bpf_map_lookup_percpu_elem;void *;struct bpf_map *:map,const void *:key,u32:cpu;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;p@PTR_TO_MAP_VALUE+PTR_MAYBE_NULL@CONST_MAP_PTR,PTR_TO_MAP_KEY,ANYTHING
196;bpf_skc_to_mptcp_sock;struct mptcp_sock *;void *:sk;;;0/0/0/////0/0/0/0/0/0/0;@PTR_TO_BTF_ID+PTR_MAYBE_NULL+=mptcp_sock@PTR_TO_SOCK_COMMON
197;bpf_dynptr_from_mem;long;void *:data,u64:size,u64:flags,struct bpf_dynptr *:ptr;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO,ANYTHING,PTR_TO_DYNPTR+DYNPTR_TYPE_LOCAL+MEM_UNINIT+MEM_WRITE
198;bpf_ringbuf_reserve_dynptr;long;void *:ringbuf,u32:size,u64:flags,struct bpf_dynptr *:ptr;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@CONST_MAP_PTR,ANYTHING,ANYTHING,PTR_TO_DYNPTR+DYNPTR_TYPE_RINGBUF+MEM_UNINIT+MEM_WRITE
199;bpf_ringbuf_submit_dynptr;void;struct bpf_dynptr *:ptr,u64:flags;r;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@VOID@PTR_TO_DYNPTR+DYNPTR_TYPE_RINGBUF+OBJ_RELEASE,ANYTHING
200;bpf_ringbuf_discard_dynptr;void;struct bpf_dynptr *:ptr,u64:flags;r;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@VOID@PTR_TO_DYNPTR+DYNPTR_TYPE_RINGBUF+OBJ_RELEASE,ANYTHING
201;bpf_dynptr_read;long;void *:dst,u64:len,const struct bpf_dynptr *:src,u64:offset,u64:flags;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@PTR_TO_MEM+MEM_UNINIT+MEM_WRITE,CONST_SIZE_OR_ZERO,PTR_TO_DYNPTR,ANYTHING,ANYTHING
202;bpf_dynptr_write;long;const struct bpf_dynptr *:dst,u64:offset,void *:src,u64:len,u64:flags;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@PTR_TO_DYNPTR,ANYTHING,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO,ANYTHING
203;bpf_dynptr_data;void *;const struct bpf_dynptr *:ptr,u64:offset,u64:len;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@PTR_TO_MEM+PTR_MAYBE_NULL@PTR_TO_DYNPTR,ANYTHING,CONST_ALLOC_SIZE_OR_ZERO
204;bpf_tcp_raw_gen_syncookie_ipv4;s64;struct iphdr *:iph,struct tcphdr *:th,u32:th_len;;;///////0/0/////;gp@INTEGER@PTR_TO_MEM+MEM_FIXED_SIZE+MEM_RDONLY+#20,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO
205;bpf_tcp_raw_gen_syncookie_ipv6;s64;struct ipv6hdr *:iph,struct tcphdr *:th,u32:th_len;;;///////0/0/////;gp@INTEGER@PTR_TO_MEM+MEM_FIXED_SIZE+MEM_RDONLY+#40,PTR_TO_MEM+MEM_RDONLY,CONST_SIZE_OR_ZERO
206;bpf_tcp_raw_check_syncookie_ipv4;long;struct iphdr *:iph,struct tcphdr *:th;;;///////0/0/////;gp@INTEGER@PTR_TO_MEM+MEM_FIXED_SIZE+MEM_RDONLY+#20,PTR_TO_MEM+MEM_FIXED_SIZE+MEM_RDONLY+#20
207;bpf_tcp_raw_check_syncookie_ipv6;long;struct ipv6hdr *:iph,struct tcphdr *:th;;;///////0/0/////;gp@INTEGER@PTR_TO_MEM+MEM_FIXED_SIZE+MEM_RDONLY+#40,PTR_TO_MEM+MEM_FIXED_SIZE+MEM_RDONLY+#20
208;bpf_ktime_get_tai_ns;u64;;;none;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@
209;bpf_user_ringbuf_drain;long;struct bpf_map *:map,void *:callback_fn,void *:ctx,u64:flags;c;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@CONST_MAP_PTR,PTR_TO_FUNC,PTR_TO_STACK+PTR_MAYBE_NULL,ANYTHING
210;bpf_cgrp_storage_get;void *;struct bpf_map *:map,struct cgroup *:cgroup,void *:value,u64:flags;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@PTR_TO_MAP_VALUE+PTR_MAYBE_NULL@CONST_MAP_PTR,PTR_TO_BTF_ID+PTR_MAYBE_NULL+=cgroup,PTR_TO_MAP_VALUE+PTR_MAYBE_NULL,ANYTHING
211;bpf_cgrp_storage_delete;long;struct bpf_map *:map,struct cgroup *:cgroup;;CAP_BPF;0/0/0/0/0/0/0/0/0/0/0/0/0/0;@INTEGER@CONST_MAP_PTR,PTR_TO_BTF_ID+PTR_MAYBE_NULL+=cgroup
`;
