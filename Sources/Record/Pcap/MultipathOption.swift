// SPDX-License-Identifier: Apache-2.0
/// An option of Multipath TCP, of version 0 (RFC 6824) or 1 (RFC 8684).
package enum MultipathOption: Sendable, Equatable {
    /// Holds the keys that the packet carries. `dataLength` is set if the first data comes with the last step of the
    /// handshake.
    case capable(version: UInt8, flags: UInt8, senderKey: UInt64?, receiverKey: UInt64?, dataLength: UInt16?)
    case joinRequest(backup: Bool, address: UInt8, token: UInt32, nonce: UInt32)
    case joinAnswer(backup: Bool, address: UInt8, truncatedCode: UInt64, nonce: UInt32)
    /// The third step, with 160 bits of authentication.
    case joinConfirmation
    case dataSequence(DataSequence)
    /// `isEcho`: in version 1, confirms that the address was received.
    case addAddress(isEcho: Bool, address: UInt8, InternetAddress, port: UInt16?)
    case removeAddress([UInt8])
    /// `address`: nil refers to the subflow that carries the option.
    case priority(backup: Bool, address: UInt8?)
    case fail(dataSequence: UInt64)
    case fastClose(receiverKey: UInt64)
    case reset(flags: UInt8, reason: UInt8)
    /// A subtype that neither version defines, such as the experimental one, 15.
    case other(subtype: UInt8)

    /// Which bytes of the connection a segment carries, and which have arrived. A 32-bit number is the lower half of
    /// the full one.
    package struct DataSequence: Sendable, Equatable {
        package var acknowledgement: UInt64?
        package var sequence: UInt64?
        /// Counted from the start of the subflow.
        package var subflowSequence: UInt32?
        package var length: UInt16?
        package var hasChecksum = false
        package var isFinal = false
    }

    /// - Parameter value: what follows the option's kind and length.
    /// - Returns: nil if the length is not valid for the subtype.
    init?(_ value: RawSpan) {
        guard value.byteCount >= 1 else { return nil }
        let first = value.byte(at: 0)
        let low = first & 0x0f
        // The length as the RFCs count it, including kind and length.
        let length = value.byteCount + 2
        switch first >> 4 {
        case 0:
            guard [4, 12, 20, 22, 24].contains(length) else { return nil }
            self = .capable(
                version: low, flags: value.byte(at: 1), senderKey: length >= 12 ? value.network(at: 2) : nil,
                receiverKey: length >= 20 ? value.network(at: 10) : nil,
                dataLength: length >= 22 ? value.network(at: 18) : nil)
        case 1:
            let backup = low & 1 != 0
            switch length {
            case 12:
                self = .joinRequest(
                    backup: backup, address: value.byte(at: 1), token: value.network(at: 2),
                    nonce: value.network(at: 6))
            case 16:
                self = .joinAnswer(
                    backup: backup, address: value.byte(at: 1), truncatedCode: value.network(at: 2),
                    nonce: value.network(at: 10))
            case 24: self = .joinConfirmation
            default: return nil
            }
        case 2:
            guard let sequence = DataSequence(value) else { return nil }
            self = .dataSequence(sequence)
        case 3:
            guard let option = Self.addAddress(value) else { return nil }
            self = option
        case 4:
            guard length >= 4 else { return nil }
            self = .removeAddress(value.extracting(1..<value.byteCount).array)
        case 5:
            guard length == 3 || length == 4 else { return nil }
            self = .priority(backup: low & 1 != 0, address: length == 4 ? value.byte(at: 1) : nil)
        case 6:
            guard length == 12 else { return nil }
            self = .fail(dataSequence: value.network(at: 2))
        case 7:
            guard length == 12 else { return nil }
            self = .fastClose(receiverKey: value.network(at: 2))
        case 8:
            guard length == 4 else { return nil }
            self = .reset(flags: low, reason: value.byte(at: 1))
        case let subtype: self = .other(subtype: subtype)
        }
    }

    /// In version 0 the lower half of the first byte is the address family. In version 1 its lowest bit marks an echo,
    /// and options that are not echoes end with 64 bits of authentication.
    private static func addAddress(_ value: RawSpan) -> MultipathOption? {
        let low = value.byte(at: 0) & 0x0f
        let isFirstVersion = low == 4 || low == 6
        let isEcho = !isFirstVersion && low & 1 != 0
        let rest = value.byteCount - 2 - (isFirstVersion || isEcho ? 0 : 8)
        let address: InternetAddress
        switch rest {
        case 4, 6: address = InternetAddress(v4: value.network(at: 2))
        case 16, 18: address = InternetAddress(v6: value.network(at: 2), value.network(at: 10))
        default: return nil
        }
        let size = address.family == .v4 ? 4 : 16
        return .addAddress(
            isEcho: isEcho, address: value.byte(at: 1), address,
            port: rest > size ? value.network(at: 2 + size) : nil)
    }
}

extension MultipathOption.DataSequence {
    /// RFC 8684, section 3.3: flags give the fields that are present and their sizes; only the length shows whether
    /// there is a checksum.
    init?(_ value: RawSpan) {
        guard value.byteCount >= 2 else { return nil }
        let flags = value.byte(at: 1)
        var place = 2
        func wide(_ bit: UInt8) -> Int { flags & bit != 0 ? 8 : 4 }
        func number(_ size: Int, at place: Int) -> UInt64 {
            size == 8 ? value.network(at: place) : UInt64(value.network(at: place, as: UInt32.self))
        }
        isFinal = flags & 0x10 != 0
        if flags & 0x01 != 0 {
            let size = wide(0x02)
            guard value.byteCount >= place + size else { return nil }
            acknowledgement = number(size, at: place)
            place += size
        }
        if flags & 0x04 != 0 {
            let size = wide(0x08)
            guard value.byteCount >= place + size + 6 else { return nil }
            sequence = number(size, at: place)
            subflowSequence = value.network(at: place + size)
            length = value.network(at: place + size + 4)
            place += size + 6
            hasChecksum = value.byteCount >= place + 2
            if hasChecksum { place += 2 }
        }
        guard place == value.byteCount else { return nil }
    }
}
