#!/bin/bash
# enter.sh ROOT CGROUP NODE BUCKETS: boots the Debian root with systemd as PID 1, in namespaces of its own for mounts, processes, names, network
# and control groups. What happens in it ends with it: killing this process kills all.
set -euo pipefail
root=$1 cgroup=$2 node=$3 buckets=$4

if [ "${5:-}" != inside ]; then
  mkdir "$cgroup"
  echo $$ >"$cgroup/cgroup.procs" # the new namespace's root is the group that one is in
  exec unshare --mount --propagation private --pid --fork --uts --ipc --net --cgroup --kill-child=SIGKILL \
    "$0" "$root" "$cgroup" "$node" "$buckets" inside
fi

hostname instance
ip link set lo up
ip address add 169.254.169.254/32 dev lo # the metadata service answers there

mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm
for device in null zero full random urandom tty; do
  touch "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp # as on Amazon Linux: memory
touch opt/node
mount --bind "$node" opt/node
mount -o remount,ro,bind opt/node
mkdir -p srv/s3 mnt/before
mount --bind "$buckets" srv/s3

pivot_root . mnt/before
umount -l /mnt/before
exec env -i container=annofarm /sbin/init </dev/null >/dev/null 2>&1
