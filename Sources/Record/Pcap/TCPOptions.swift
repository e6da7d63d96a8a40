// SPDX-License-Identifier: Apache-2.0
/// One option of a TCP header.
package enum TCPOption: Sendable, Equatable {
    case noOperation
    case maximumSegmentSize(UInt16)
    /// The window is counted in units of 2^n bytes.
    case windowScale(UInt8)
    case selectiveAcknowledgementPermitted
    /// Ranges received beyond the acknowledgement number: each from its first sequence number up to, not including, its
    /// second.
    case selectiveAcknowledgement([SequenceBlock])
    case timestamps(value: UInt32, echo: UInt32)
    /// Length in bytes of TCP Fast Open's cookie; 0 requests a cookie.
    case fastOpen(cookieLength: Int)
    /// RFC 5482; the highest bit means that the unit is minutes.
    case userTimeout(UInt16)
    case multipath(MultipathOption)
    /// An option that is not parsed here: its kind and the length of its value in bytes.
    case other(kind: UInt8, length: Int)
    /// Truncated, or with a length that is not valid for its kind. Nothing after it is reliable.
    case malformed(kind: UInt8)

    package struct SequenceBlock: Sendable, Equatable {
        package let start: UInt32
        package let end: UInt32
    }
}

/// The options of a TCP header in order.
package struct TCPOptions: ~Escapable {
    private let bytes: RawSpan
    private var position = 0

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    /// nil at the end or after a malformed option.
    package mutating func next() -> TCPOption? {
        guard position < bytes.byteCount else { return nil }
        let kind = bytes.byte(at: position)
        switch kind {
        case 0:
            position = bytes.byteCount
            return nil
        case 1:
            position += 1
            return .noOperation
        default: break
        }
        let start = position
        guard start + 2 <= bytes.byteCount else { return malformed(kind) }
        let length = Int(bytes.byte(at: start + 1))
        guard length >= 2, start + length <= bytes.byteCount else { return malformed(kind) }
        position = start + length
        return Self.option(kind, bytes.extracting((start + 2)..<position)) ?? malformed(kind)
    }

    /// RFC 7323's time stamps, found without creating a value for each preceding option; nil if there are none.
    package var timestamps: (value: UInt32, echo: UInt32)? {
        // Nearly every segment has two padding bytes before the time stamps.
        if bytes.byteCount >= 12, bytes.network(at: 0, as: UInt32.self) == 0x0101_080a {
            return (bytes.network(at: 4), bytes.network(at: 8))
        }
        var place = 0
        while place + 2 <= bytes.byteCount {
            let kind = bytes.byte(at: place)
            if kind == 0 { return nil }
            if kind == 1 {
                place += 1
                continue
            }
            let length = Int(bytes.byte(at: place + 1))
            guard length >= 2, place + length <= bytes.byteCount else { return nil }
            if kind == 8, length == 10 { return (bytes.network(at: place + 2), bytes.network(at: place + 6)) }
            place += length
        }
        return nil
    }

    private mutating func malformed(_ kind: UInt8) -> TCPOption {
        position = bytes.byteCount
        return .malformed(kind: kind)
    }

    /// nil if `value` is not valid for that kind.
    private static func option(_ kind: UInt8, _ value: RawSpan) -> TCPOption? {
        let length = value.byteCount
        switch kind {
        case 2: return length == 2 ? .maximumSegmentSize(value.network(at: 0)) : nil
        case 3: return length == 1 ? .windowScale(value.byte(at: 0)) : nil
        case 4: return length == 0 ? .selectiveAcknowledgementPermitted : nil
        case 5:
            guard length % 8 == 0 else { return nil }
            return .selectiveAcknowledgement(
                (0..<(length / 8)).map { block in
                    .init(start: value.network(at: block * 8), end: value.network(at: block * 8 + 4))
                })
        case 8: return length == 8 ? .timestamps(value: value.network(at: 0), echo: value.network(at: 4)) : nil
        case 28: return length == 2 ? .userTimeout(value.network(at: 0)) : nil
        case 30: return MultipathOption(value).map { .multipath($0) }
        case 34: return .fastOpen(cookieLength: length)
        default: return .other(kind: kind, length: length)
        }
    }
}
