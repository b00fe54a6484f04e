# The guest's pair of devices, which programs on either end see packets of; once a boot.
[ -e /sys/class/net/test_sock_addr1 ] && exit 0
ip link add test_sock_addr1 type netkit || exit 0
ip link set nk0 name test_sock_addr2
ip addr add 10.9.0.1/24 dev test_sock_addr1
ip link set test_sock_addr1 up
ip link set test_sock_addr2 up
ip route add 10.8.0.0/24 dev test_sock_addr1
ip -6 route add fd00:6::/64 dev test_sock_addr1
