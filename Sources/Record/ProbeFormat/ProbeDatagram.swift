// SPDX-License-Identifier: Apache-2.0

/// A message as the bytes of a datagram hold it, in version 1 or 2. All numbers are in network byte order.
///
/// Every datagram begins with the magic number, the version, its type and the session (zero until there is one). In
/// version 2 the datagrams of a session have a number after this header, and a code after the fields. Padding comes
/// last. So a capture that keeps 128 bytes of each packet over Ethernet and IPv4 holds every field, and one that keeps
/// 160 bytes holds the code as well, over IPv6 too.
package struct ProbeDatagram: Equatable, Sendable {
    /// What authenticates a datagram of a session.
    package struct Seal: Equatable, Sendable {
        /// Each number is used once in each direction of a session, beginning with 1.
        package let number: UInt64
        /// nil if the capture does not hold it.
        package let code: UInt64?
        /// How many bytes the code covers: everything before it.
        package let coveredSize: Int
    }

    package let version: UInt8
    package let message: ProbeMessage
    /// nil in version 1 and for greetings.
    package let seal: Seal?

    /// nil if `bytes` do not hold a complete message; the padding and the code may be missing.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = ProbeReader(bytes)
        guard reader.number(UInt32.self) == ProbeMessage.magic, let version = reader.number(UInt8.self),
            version == ProbeMessage.firstVersion || version == ProbeMessage.version,
            let type = reader.number(UInt8.self), reader.number(UInt16.self) != nil,
            let session = reader.number(UInt64.self)
        else { return nil }
        var number: UInt64?
        if version == ProbeMessage.version, ProbeMessage.isSealed(type) {
            guard let own = reader.number(UInt64.self) else { return nil }
            number = own
        }
        guard let message = ProbeMessage.fields(type, session, &reader) else { return nil }
        self.version = version
        self.message = message
        let covered = reader.place
        seal = number.map { Seal(number: $0, code: reader.number(UInt64.self), coveredSize: covered) }
    }
}

/// A greeting of a version other than the one that is spoken here. Magic number, version, type and nonce have the same
/// places in every version, so that two ends can say which of them is older.
package struct ForeignGreeting: Equatable, Sendable {
    package let version: UInt8
    package let isHello: Bool
    package let nonce: ProbeMessage.Nonce

    /// nil if `bytes` are no hello, challenge or refusal, or of the version that is spoken here.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = ProbeReader(bytes)
        guard reader.number(UInt32.self) == ProbeMessage.magic, let version = reader.number(UInt8.self),
            version != ProbeMessage.version, let type = reader.number(UInt8.self), [1, 2, 5].contains(type),
            reader.number(UInt16.self) != nil, reader.number(UInt64.self) != nil,
            let nonce = reader.bytes(ProbeMessage.nonceSize)
        else { return nil }
        self.version = version
        isHello = type == 1
        self.nonce = nonce
    }
}

extension ProbeMessage {
    /// nil if `bytes` do not hold a complete message of version 1 or 2; the padding and the code may be missing.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard let message = ProbeDatagram(bytes)?.message else { return nil }
        self = message
    }

    /// The bytes in version 1, which has neither number nor code, without the padding of data. Only recordings have
    /// it, and the hello that finds out whether a server is of version 1.
    package var encoded: [UInt8] { datagram(version: Self.firstVersion, number: nil) }

    /// The bytes of a greeting in version 2, with its padding.
    package var greeting: [UInt8] { datagram(version: Self.version, number: nil) }

    /// The bytes of a session's datagram in version 2, up to its code.
    package func covered(number: UInt64) -> [UInt8] { datagram(version: Self.version, number: number) }

    /// The size of the datagram in version 2, without IP and UDP headers.
    package var datagramSize: Int {
        guard isSealed else { return greeting.count }
        if case .data = self { return Self.dataSize }
        return covered(number: 0).count + Self.sealSize
    }

    /// Whether this belongs to a session, so that its datagram has a number and a code; false for a greeting.
    package var isSealed: Bool { Self.isSealed(type) }

    static func isSealed(_ type: UInt8) -> Bool { (6...11).contains(type) || (13...15).contains(type) }

    private func datagram(version: UInt8, number: UInt64?) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(128)
        bytes.append(number: Self.magic)
        bytes.append(version)
        bytes.append(type)
        bytes.append(number: UInt16(0))
        bytes.append(number: session)
        if let number { bytes.append(number: number) }
        appendFields(to: &bytes)
        switch self {
        case .hello: bytes += repeatElement(0, count: Self.greetingSize - bytes.count)
        case .start where version != Self.firstVersion:
            bytes += repeatElement(0, count: Self.greetingSize - bytes.count)
        default: break
        }
        return bytes
    }
}
