// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

/// A datagram or stream socket for tests, opened in the calling thread's network namespace. Every wait has a limit,
/// because a test that hangs reports nothing.
package final class TestSocket {
    package enum Kind: Sendable {
        case datagram, stream
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
        package let code: Int32

        init(_ operation: String) {
            code = errno
            description = "\(operation): \(String(cString: strerror(code)))"
        }
    }

    package let descriptor: Int32

    /// - Parameters:
    ///   - address: the numeric address that the socket is bound to; a stream listens on it.
    ///   - connectingTo: the address and port to which a stream connects instead of listening.
    package init(_ kind: Kind, on address: String, port: UInt16 = 0, connectingTo peer: (String, UInt16)? = nil) throws
    {
        let type = Int32((kind == .datagram ? SOCK_DGRAM : SOCK_STREAM).rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = socket(address.contains(":") ? AF_INET6 : AF_INET, type, 0)
        guard descriptor >= 0 else { throw Failure("socket") }
        try Self.with(address, port) {
            guard bind(descriptor, $0, $1) == 0 else { throw Failure("bind \(address)") }
        }
        if let peer {
            try Self.with(peer.0, peer.1) {
                guard connect(descriptor, $0, $1) == 0 else { throw Failure("connect to \(peer.0)") }
            }
        } else if kind == .stream {
            guard listen(descriptor, 8) == 0 else { throw Failure("listen on \(address)") }
        }
    }

    private init(accepted: Int32) {
        descriptor = accepted
    }

    deinit {
        close(descriptor)
    }

    package func accepted() throws -> TestSocket {
        let descriptor = accept(descriptor, nil, nil)
        guard descriptor >= 0 else { throw Failure("accept") }
        return TestSocket(accepted: descriptor)
    }

    /// Sends one datagram.
    package func send(_ bytes: [UInt8], to address: String, port: UInt16) throws {
        try Self.with(address, port) {
            guard sendto(descriptor, bytes, bytes.count, 0, $0, $1) == bytes.count else {
                throw Failure("send to \(address)")
            }
        }
    }

    /// Sends on a connected stream as much as fits its buffer.
    package func send(_ bytes: [UInt8]) throws -> Int {
        let sent = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        guard sent >= 0 else { throw Failure("send") }
        return sent
    }

    package func setOption(_ level: Int32, _ name: Int32, _ value: Int32) throws {
        var value = value
        guard setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw Failure("setsockopt \(name)")
        }
    }

    /// The next datagram, or what a stream has; nil if nothing comes within `span`.
    package func receive(within span: Duration) -> [UInt8]? {
        TestSocket.receive(from: descriptor, within: span)
    }

    static func receive(from descriptor: Int32, within span: Duration) -> [UInt8]? {
        let (seconds, attoseconds) = span.components
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        guard poll(&waiting, 1, milliseconds) == 1 else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: 131_072) { buffer, count in
            count = max(0, recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT)))
        }
        return bytes
    }

    private static func with(
        _ address: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Void
    ) throws {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        getaddrinfo(address, String(port), &hints, &found)
        defer { freeaddrinfo(found) }
        let entry = try #require(found, "\(address) is no numeric address").pointee
        try body(try #require(entry.ai_addr), entry.ai_addrlen)
    }
}

/// Sees every packet of an interface of the calling thread's network namespace, as it travels.
package final class PacketTap {
    private let descriptor: Int32

    package init(interfaceIndex: Int32) throws {
        // ETH_P_ALL, every protocol, in network order.
        let everything = UInt16(3).bigEndian
        descriptor = socket(AF_PACKET, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), Int32(everything))
        guard descriptor >= 0 else { throw TestSocket.Failure("packet socket") }
        // struct sockaddr_ll, which Glibc's module leaves out: family, protocol, interface, and fields that only
        // senders fill in.
        var address = (UInt16(AF_PACKET), everything, interfaceIndex, UInt32(0), UInt64(0))
        let bound = withUnsafeBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                // 20 bytes: the tuple is padded.
                bind(descriptor, $0.baseAddress, 20)
            }
        }
        guard bound == 0 else { throw TestSocket.Failure("bind a packet socket") }
    }

    deinit {
        close(descriptor)
    }

    /// The packets that pass until none does for `span`.
    package func packets(untilQuietFor span: Duration) -> [[UInt8]] {
        var packets: [[UInt8]] = []
        while let packet = TestSocket.receive(from: descriptor, within: span) { packets.append(packet) }
        return packets
    }
}
