# What the guest does while the programs of an object are attached: processes, files, sleep, signals, packets, sockets.
cd /tmp
sh -c 'exit 3'
ls / >/dev/null
echo word >file && cat file >/dev/null && cp file other && mv other third && rm file third
mkdir folder && ls folder && rmdir folder
usleep 20000
kill -0 $$
uname -a >/dev/null
ping -c 1 127.0.0.1 >/dev/null
nc -l -p 5000 >/dev/null &
usleep 30000
echo hello | nc 127.0.0.1 5000
kill $! 2>/dev/null
cat /proc/self/status /proc/version >/dev/null
dd if=/dev/zero of=/dev/null bs=1000 count=3 2>/dev/null
true
