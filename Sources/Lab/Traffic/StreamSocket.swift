// SPDX-License-Identifier: Apache-2.0
import CLinux
import Determinism
import Documents
import Glibc
import Quantities
import SystemPackage

package enum TransportProtocol: String, Sendable {
    case tcp, mptcp
}

/// A non-blocking stream socket and its lifetime. It stays in the network namespace in which it was opened.
package final class StreamSocket {
    package let descriptor: Int32
    private var isOpen = true

    /// Opens a socket in the calling thread's network namespace.
    ///
    /// - Throws: `Fault` 69 if the kernel lacks MPTCP or the congestion control.
    package init(_ transport: TransportProtocol, congestionControl: String) throws {
        let opened = walkback_stream_socket(transport == .mptcp ? 1 : 0, congestionControl)
        switch -opened {
        case EPROTONOSUPPORT where transport == .mptcp, ENOPROTOOPT where transport == .mptcp:
            throw Fault(
                .missingFeature,
                "this kernel has no Multipath TCP; use the embedded kernel (make kernel), or one with "
                    + "CONFIG_MPTCP=y and "
                    + "net.mptcp.enabled=1")
        case ENOENT:
            throw Fault(
                .missingFeature,
                "this kernel has no congestion control '\(congestionControl)'; choose one that "
                    + "net.ipv4.tcp_available_congestion_control lists")
        case let error where opened < 0:
            throw Fault(.failed, "cannot open a \(transport.rawValue) socket: \(Errno(rawValue: error))")
        default:
            descriptor = opened
        }
    }

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        if isOpen { _ = Glibc.close(descriptor) }
    }

    package func bind(to address: String) throws {
        try Self.check(walkback_bind(descriptor, address, 0), "bind to \(address)")
    }

    package func listen(on address: String, port: UInt16) throws {
        try Self.check(walkback_listen(descriptor, address, port), "listen on \(address) port \(port)")
    }

    /// Sends the first SYN; returns nil, or the reason why the SYN could not leave.
    package func connect(to address: String, port: UInt16) -> Errno? {
        let result = walkback_connect(descriptor, address, port)
        return result < 0 ? Errno(rawValue: -result) : nil
    }

    /// The next waiting connection; nil if none is waiting.
    package func accept() -> StreamSocket? {
        let accepted = walkback_accept(descriptor)
        return accepted < 0 ? nil : StreamSocket(descriptor: accepted)
    }

    package var pendingError: Errno? {
        let error = walkback_socket_error(descriptor)
        return error == 0 ? nil : Errno(rawValue: error)
    }

    package func setReceiveLowWater(_ size: ByteCount) throws {
        try Self.check(walkback_receive_low_water(descriptor, Int32(size.bytes)), "set SO_RCVLOWAT")
    }

    /// Disables Nagle's algorithm (TCP_NODELAY), for messages that should leave as soon as they are written.
    package func setNoDelay() throws {
        var on: Int32 = 1
        let result = setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        try Self.check(result < 0 ? -errno : 0, "set TCP_NODELAY")
    }

    /// Whether a connection continues after bytes were received from it or sent over it.
    enum Outcome: Equatable {
        case open
        /// The reason, as the kernel reports it; nil if the peer closed the connection.
        case ended(Errno?)
    }

    /// Bytes received, 0 if nothing can be received now; nil at the end or on an error (`pendingError` is then
    /// cleared).
    package enum Transferred: Equatable {
        case bytes(Int)
        case wouldBlock
        case ended(Errno?)
    }

    package func send(_ buffer: UnsafeRawBufferPointer) -> Transferred {
        let sent = Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
        return sent >= 0 ? .bytes(sent) : Self.failure()
    }

    package func receive(_ buffer: UnsafeMutableRawBufferPointer) -> Transferred {
        let received = Glibc.recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if received == 0 { return .ended(nil) }
        return received > 0 ? .bytes(received) : Self.failure()
    }

    private static func failure() -> Transferred {
        errno == EAGAIN || errno == EINTR ? .wouldBlock : .ended(Errno(rawValue: errno))
    }

    /// Closes with a reset: nothing lingers, and the peer learns of it from the next packet that arrives.
    package func abort() {
        guard isOpen else { return }
        isOpen = false
        walkback_abort(descriptor)
    }

    /// The name that the kernel reports; `unknown`, which is no control's name, if the kernel reports none.
    package var congestionControl: String {
        var name = [CChar](repeating: 0, count: 32)
        guard walkback_congestion_control(descriptor, &name, name.count) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    package var information: walkback_connection_info {
        var information = walkback_connection_info()
        _ = walkback_connection_info(descriptor, &information)
        return information
    }

    /// The information of MPTCP_FULL_INFO on every subflow; empty for plain TCP.
    package var subflows: [Subflow] {
        let most: Int32 = 16
        var found = [walkback_subflow_info](repeating: walkback_subflow_info(), count: Int(most))
        let count = walkback_subflows(descriptor, &found, most)
        return found.prefix(Int(max(0, min(count, most)))).map(Subflow.init)
    }

    /// The information of TCP_INFO on a plain TCP connection; nil if there is none.
    package var flow: Subflow? {
        var found = walkback_subflow_info()
        return walkback_tcp_flow(descriptor, &found) == 0 ? Subflow(found) : nil
    }

    private static func check(_ result: Int32, _ operation: String) throws {
        if result < 0 { throw Fault(.failed, "cannot \(operation): \(Errno(rawValue: -result))") }
    }
}

/// One subflow of an MPTCP connection, or one TCP connection, as its sender sees it.
package struct Subflow: Sendable {
    package let local: String
    package let remote: String
    package let sent: ByteCount
    package let acknowledged: ByteCount
    package let received: ByteCount
    package let retransmitted: ByteCount
    /// Bytes that were given to this subflow and have not been sent yet.
    package let unsent: ByteCount
    /// Bytes that have been sent and are not acknowledged. The kernel counts segments and this assumes full ones, so
    /// the value is an upper bound.
    package let unacknowledged: ByteCount
    /// Smoothed round-trip time in microseconds; zero until there is an estimate.
    package let roundTripMicroseconds: UInt32

    init(_ info: walkback_subflow_info) {
        local = Self.text(info.local)
        remote = Self.text(info.remote)
        sent = ByteCount(Int64(info.bytes_sent))
        acknowledged = ByteCount(Int64(info.bytes_acked))
        received = ByteCount(Int64(info.bytes_received))
        retransmitted = ByteCount(Int64(info.bytes_retransmitted))
        unsent = ByteCount(Int64(info.unsent))
        roundTripMicroseconds = info.rtt_us
        unacknowledged = ByteCount(Int64(info.unacked_segments) * Int64(info.mss))
    }

    /// Swift imports a C array of 48 characters as a tuple.
    private static func text<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
