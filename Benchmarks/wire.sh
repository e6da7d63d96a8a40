# The benchmarks of recording source this file. It makes a network namespace for this process with one end of a veth
# pair, `walk` (10.9.0.1), and another namespace with the other end, `far` (10.9.0.2). It does not touch the machine's
# network.
#
# It needs $here, the package, and $walkback. It sets $directory, which is removed at the end, `$far COMMAND...`, and
# $datagrams.

# Runs in namespaces of its own, as root of a user namespace if it is not root.
if [ -z "${WALKBACK_WIRE-}" ]; then
    for program in unshare nsenter ip gcc; do
        command -v $program >/dev/null || { echo "$0 is not measured: $program is not installed" >&2; exit 69; }
    done
    [ -x "$walkback" ] || { echo "$walkback is not there: run make build first, or set WALKBACK" >&2; exit 69; }
    root=; [ "$(id -u)" = 0 ] || root=r
    export WALKBACK_WIRE=yes
    exec unshare -${root}n "$0" "$@"
fi

directory=$(mktemp -d)
datagrams=$directory/datagrams
unshare -n sleep infinity &
other=$!
ended() {
    # Ends the senders before their network.
    [ -z "${children-}" ] || { kill $children; wait $children; } 2>/dev/null || true
    kill $other
    rm -rf "$directory"
}
trap ended EXIT
trap 'exit 130' INT TERM
gcc -O2 -o "$datagrams" "$here/Benchmarks/datagrams.c"
far="nsenter -t $other -n"
# The other namespace is there as soon as it differs from this one.
until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.01; done
# wire: makes the pair; again after one end was deleted.
wire() {
    ip link add walk type veth peer name far netns $other
    ip address add 10.9.0.1/24 dev walk
    ip link set walk up
    $far ip address add 10.9.0.2/24 dev far
    $far ip link set far up
}
ip link set lo up
$far ip link set lo up
wire
