// SPDX-License-Identifier: Apache-2.0
import CLinux
import Determinism
import Documents
import Glibc
import ProbeFormat
import SystemPackage

/// A non-blocking UDP socket.
final class DatagramSocket {
    /// The address that a datagram came from or goes to, in the kernel's form.
    struct Address: Hashable, Sendable {
        let bytes: [UInt8]

        /// Whether the address has the IPv4 structure; false for IPv4 mapped into IPv6.
        var isFour: Bool { bytes.count == MemoryLayout<sockaddr_in>.size }

        /// Whether this is an IPv4 address mapped into IPv6.
        var isMapped: Bool {
            !isFour && host.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff])
        }

        /// The host's address without the port.
        var host: [UInt8] {
            // sockaddr_in: family, port, address; sockaddr_in6: family, port, flow information, address.
            isFour ? Array(bytes[4..<8]) : Array(bytes.dropFirst(8).prefix(16))
        }

        /// What belongs to one subscriber, for limits: the address of IPv4, and the first 64 bits of that of IPv6.
        var network: [UInt8] { isFour || isMapped ? host : Array(host.prefix(8)) }

        /// Both host and port.
        var endpoint: [UInt8] { Array(bytes[2..<4]) + host }

        var description: String {
            var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            var port = [CChar](repeating: 0, count: 16)
            bytes.withUnsafeBytes { raw in
                raw.withMemoryRebound(to: sockaddr.self) {
                    _ = getnameinfo(
                        $0.baseAddress, socklen_t(bytes.count), &name, socklen_t(name.count), &port,
                        socklen_t(port.count), NI_NUMERICHOST | NI_NUMERICSERV)
                }
            }
            func text(_ characters: [CChar]) -> String {
                String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
            return "\(text(name)) port \(text(port))"
        }

        /// The first address that a name resolves to.
        static func find(_ host: String, port: UInt16) throws -> Address {
            var hints = addrinfo()
            hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
            var found: UnsafeMutablePointer<addrinfo>?
            let error = getaddrinfo(host, String(port), &hints, &found)
            defer { if let found { freeaddrinfo(found) } }
            guard error == 0, let entry = found?.pointee, let address = entry.ai_addr else {
                throw Fault(
                    .failed, "cannot find the field server '\(host)': \(String(cString: gai_strerror(error)))")
            }
            return Address(bytes: Array(UnsafeRawBufferPointer(start: address, count: Int(entry.ai_addrlen))))
        }
    }

    let descriptor: CInt
    private var buffer = [UInt8](repeating: 0, count: 2048)

    private static let bufferSize: CInt = 4 << 20

    /// - Parameter family: the address family of the peers.
    init(family: CInt) throws(Errno) {
        descriptor = socket(family, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        var size = Self.bufferSize
        for option in [SO_RCVBUF, SO_SNDBUF] {
            setsockopt(descriptor, SOL_SOCKET, option, &size, socklen_t(MemoryLayout<CInt>.size))
        }
    }

    deinit {
        close(descriptor)
    }

    /// Binds the socket so that everything is sent and received through this interface.
    func bind(toInterface name: String) throws(Errno) {
        try Self.bind(descriptor, toInterface: name)
    }

    static func bind(_ descriptor: CInt, toInterface name: String) throws(Errno) {
        guard setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, name, socklen_t(name.utf8.count)) == 0 else {
            throw Errno(rawValue: errno)
        }
    }

    /// Binds to the port on every address, IPv4 included.
    func bind(port: UInt16) throws(Errno) {
        var off: CInt = 0
        setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        let result = withUnsafeBytes(of: &address) { raw in
            raw.withMemoryRebound(to: sockaddr.self) {
                Glibc.bind(descriptor, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
    }

    /// - Returns: nil if the datagram was sent, otherwise the error.
    func send(_ bytes: [UInt8], to address: Address) -> Errno? {
        let sent = bytes.withUnsafeBytes { payload in
            address.bytes.withUnsafeBytes { raw in
                raw.withMemoryRebound(to: sockaddr.self) {
                    sendto(
                        descriptor, payload.baseAddress, payload.count, Int32(MSG_NOSIGNAL), $0.baseAddress,
                        socklen_t(address.bytes.count))
                }
            }
        }
        return sent < 0 ? Errno(rawValue: errno) : nil
    }

    /// Calls `body` with the next datagram, its size with IP and UDP headers, and its sender.
    ///
    /// - Returns: false if no datagram is waiting.
    func receive(_ body: (_ bytes: UnsafeRawBufferPointer, _ ipBytes: Int, _ from: Address) -> Void) -> Bool {
        var storage = [UInt8](repeating: 0, count: MemoryLayout<sockaddr_storage>.size)
        while true {
            var size = socklen_t(storage.count)
            let count = buffer.withUnsafeMutableBytes { payload in
                storage.withUnsafeMutableBytes { raw in
                    raw.withMemoryRebound(to: sockaddr.self) {
                        recvfrom(
                            descriptor, payload.baseAddress, payload.count, Int32(MSG_DONTWAIT), $0.baseAddress, &size)
                    }
                }
            }
            // An ICMP "port unreachable" for an earlier datagram is reported here, once.
            if count < 0, errno == ECONNREFUSED || errno == EINTR { continue }
            guard count >= 0 else { return false }
            let from = Address(bytes: Array(storage.prefix(Int(size))))
            let headers = from.isFour || from.isMapped ? 28 : 48
            buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count]), count + headers, from) }
            return true
        }
    }
}
