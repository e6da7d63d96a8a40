// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import ProbeFormat
import SystemPackage

/// One TCP connection of a probe. It uses CUBIC, which keeps a queue filled, because other congestion controls leave a
/// link empty at times. It never blocks, and it ends with a reset so that nothing of it lingers.
final class StreamSocket {
    let descriptor: CInt
    private let headerSize: Int
    /// IP bytes that `arrived` has already reported.
    private var told = 0

    /// The most data that waits here unsent, so that almost everything queued when a pause begins is in the network.
    private static let unsent: CInt = 16 << 10
    private static let zeros = [UInt8](repeating: 0, count: 16 << 10)
    private static let turns = 64

    /// - Parameter descriptor: the descriptor of an accepted connection.
    init(_ descriptor: CInt, isFour: Bool) {
        self.descriptor = descriptor
        // The IP header, and the TCP header with time stamps.
        headerSize = (isFour ? 20 : 40) + 32
        var unsent = Self.unsent
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, &unsent, socklen_t(MemoryLayout<CInt>.size))
        // If CUBIC is not permitted, the machine's default has to do.
        let name = "cubic"
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_CONGESTION, name, socklen_t(name.utf8.count))
    }

    /// Starts to connect through one interface.
    convenience init(to address: DatagramSocket.Address, interface: String) throws(Errno) {
        let opened = socket(
            address.isFour ? AF_INET : AF_INET6,
            Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard opened >= 0 else { throw Errno(rawValue: errno) }
        self.init(opened, isFour: address.isFour)
        try DatagramSocket.bind(opened, toInterface: interface)
        let result = address.bytes.withUnsafeBytes { raw in
            raw.withMemoryRebound(to: sockaddr.self) { connect(opened, $0.baseAddress, socklen_t(address.bytes.count)) }
        }
        guard result == 0 || errno == EINPROGRESS else { throw Errno(rawValue: errno) }
    }

    deinit {
        walkback_abort(descriptor)
    }

    /// - Returns: false if the connection does not accept the whole message, which a connection without data in it
    ///   does.
    func send(_ message: ProbeMessage) -> Bool {
        let bytes = message.greeting
        return Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    /// Appends what has arrived, up to `count` bytes in all.
    ///
    /// - Returns: false if the connection has ended.
    func receive(_ count: Int, into bytes: inout [UInt8]) -> Bool {
        guard bytes.count < count else { return true }
        var buffer = [UInt8](repeating: 0, count: count - bytes.count)
        let got = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if got > 0 { bytes += buffer[..<got] }
        return got > 0 || (got < 0 && [EAGAIN, EINTR].contains(errno))
    }

    /// Discards what has arrived.
    ///
    /// - Returns: false if the connection has ended.
    func discard() -> Bool {
        for _ in 0..<Self.turns {
            let got = recv(descriptor, nil, 1 << 20, Int32(MSG_DONTWAIT | MSG_TRUNC))
            if got <= 0 { return got < 0 && [EAGAIN, EINTR].contains(errno) }
        }
        return true
    }

    /// Sends as much as the socket's buffer and the budget allow.
    ///
    /// - Returns: the number of bytes; nil if the connection has ended.
    func fill(_ budget: inout Budget, at now: Int64) -> Int? {
        var sum = 0
        for _ in 0..<Self.turns where budget.allows(at: now) {
            let sent = Glibc.send(descriptor, Self.zeros, Self.zeros.count, Int32(MSG_NOSIGNAL))
            guard sent >= 0 else { return [EAGAIN, EINTR].contains(errno) ? sum : nil }
            budget.spend(sent)
            sum += sent
        }
        return sum
    }

    /// The number of segments that have arrived.
    var segments: UInt32 {
        var arrivals = walkback_arrivals()
        return walkback_tcp_arrivals(descriptor, &arrivals) == 0 ? arrivals.segments : 0
    }

    /// IP bytes that have arrived since the last call, in full segments and acknowledgements. This includes
    /// out-of-order segments that wait for others and that no reader has seen yet.
    func arrived() -> Int {
        var arrivals = walkback_arrivals()
        guard walkback_tcp_arrivals(descriptor, &arrivals) == 0 else { return 0 }
        let all = Int(arrivals.segments) * headerSize + Int(arrivals.data_segments) * Int(arrivals.mss)
        defer { told = max(told, all) }
        return max(0, all - told)
    }
}
