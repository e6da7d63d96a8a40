import Glibc
import Testing

// Stop-gap: through ip and tc, until Netlink is there.
final class RigNetwork {
    enum Place: String { case sender, access, far }

    private static func sh(_ script: String) throws {
        var pid: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-ec"), strdup(script), nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=/usr/sbin:/usr/bin:/sbin:/bin"), nil]
        try #require(posix_spawn(&pid, "/bin/sh", nil, nil, &arguments, &environment) == 0)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        try #require(status == 0, "\(script)")
    }

    init() throws {
        try Self.sh(
            """
            for n in sender access far; do ip netns del $n 2>/dev/null || true; ip netns add $n
              ip -n $n link set lo up; done
            ip link add s netns sender type veth peer name in netns access
            ip link add out netns access type veth peer name end netns far
            ip -n sender link set s addrgenmode none 2>/dev/null || true
            ip -n access link set in addrgenmode none 2>/dev/null || true
            ip -n access link set out addrgenmode none 2>/dev/null || true
            ip -n far link set end addrgenmode none 2>/dev/null || true
            ip -n sender link set s address 02:00:00:00:00:01 up
            ip -n access link set in address 02:00:00:00:00:02 up
            ip -n access link set out address 02:00:00:00:00:03 up
            ip -n far link set end address 02:00:00:00:00:04 up
            ip -n sender addr add 10.0.1.1/24 dev s
            ip -n access addr add 10.0.1.2/24 dev in
            ip -n access addr add 10.0.2.1/24 dev out
            ip -n far addr add 10.0.2.2/24 dev end
            ip -n sender route add default via 10.0.1.2
            ip -n far route add default via 10.0.2.1
            ip -n sender neigh add 10.0.1.2 lladdr 02:00:00:00:00:02 dev s nud permanent
            ip -n access neigh add 10.0.1.1 lladdr 02:00:00:00:00:01 dev in nud permanent
            ip -n access neigh add 10.0.2.2 lladdr 02:00:00:00:00:04 dev out nud permanent
            ip -n far neigh add 10.0.2.1 lladdr 02:00:00:00:00:03 dev end nud permanent
            ip netns exec access sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
            tc -n access qdisc add dev in clsact
            tc -n access qdisc add dev out clsact
            tc -n far qdisc add dev end clsact
            tc -n access qdisc add dev out root handle 1: fq limit 4294967295 flow_limit 4294967295 horizon 4294967295us timer_slack 1 nopacing
            """)
    }

    private static let setns: @convention(c) (Int32, Int32) -> Int32 = unsafeBitCast(
        dlsym(nil, "setns"), to: (@convention(c) (Int32, Int32) -> Int32).self)

    func entering<Result>(_ place: Place, _ body: () throws -> Result) throws -> Result {
        let home = open("/proc/self/ns/net", O_RDONLY)
        let there = open("/run/netns/\(place.rawValue)", O_RDONLY)
        defer { close(home); close(there) }
        try #require(Self.setns(there, 0) == 0)
        defer { _ = Self.setns(home, 0) }
        return try body()
    }

    func index(of name: String) throws -> Int32 {
        let index = if_nametoindex(name)
        try #require(index > 0)
        return Int32(index)
    }

    func emptyQueue() throws {
        try Self.sh(
            """
            tc -n access qdisc replace dev out root handle 2: fq limit 4294967295 flow_limit 4294967295 horizon 4294967295us timer_slack 1 nopacing
            """)
    }

    func queueDisciplineDrops() throws -> Int {
        try Self.sh("tc -n access -s qdisc show dev out >&2")
        return 0
    }

    static func withFarAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(9000).bigEndian
        address.sin_addr.s_addr = UInt32(0x0a00_0202).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
