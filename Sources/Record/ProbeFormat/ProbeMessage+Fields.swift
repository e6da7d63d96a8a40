// SPDX-License-Identifier: Apache-2.0

/// The fields that follow the header, which are the same in both versions.
extension ProbeMessage {
    func appendFields(to bytes: inout [UInt8]) {
        switch self {
        case .hello(let nonce): bytes += nonce
        case .challenge(let nonce, let cookie): bytes += nonce + cookie
        case .start(let nonce, let cookie, let code): bytes += nonce + cookie + code
        case .started(let nonce, _, let seconds, let code):
            bytes += nonce
            bytes.append(number: seconds)
            bytes += code
        case .refused(let nonce, let reason):
            bytes += nonce
            bytes.append(reason.rawValue)
        case .data(_, let number, let time, let feedback):
            bytes.append(number: number)
            bytes.append(number: time)
            feedback.append(to: &bytes)
        case .echo(_, let number, let time), .echoReply(_, let number, let time):
            bytes.append(number: number)
            bytes.append(number: time)
        case .feedback(_, let feedback), .report(_, let feedback): feedback.append(to: &bytes)
        case .relay(_, let other, let feedback):
            bytes.append(number: other)
            feedback.append(to: &bytes)
        case .stop, .sound: break
        case .idle(_, let milliseconds): bytes.append(number: milliseconds)
        case .bulk(_, let direction, let nonce, let cookie, let code):
            bytes.append(direction.rawValue)
            bytes += nonce + cookie + code
        }
    }

    /// nil if the fields are incomplete, or if there is no such type.
    static func fields(_ type: UInt8, _ session: UInt64, _ reader: inout ProbeReader) -> ProbeMessage? {
        switch type {
        case 1: return reader.bytes(nonceSize).map { .hello(nonce: $0) }
        case 2:
            guard let nonce = reader.bytes(nonceSize), let cookie = reader.bytes(nonceSize) else { return nil }
            return .challenge(nonce: nonce, cookie: cookie)
        case 3:
            guard let nonce = reader.bytes(nonceSize), let cookie = reader.bytes(nonceSize),
                let code = reader.bytes(codeSize)
            else { return nil }
            return .start(nonce: nonce, cookie: cookie, code: code)
        case 4:
            guard let nonce = reader.bytes(nonceSize), let seconds = reader.number(UInt32.self),
                let code = reader.bytes(codeSize)
            else { return nil }
            return .started(nonce: nonce, session: session, seconds: seconds, code: code)
        case 5:
            guard let nonce = reader.bytes(nonceSize), let reason = reader.number(UInt8.self).flatMap(Refusal.init)
            else { return nil }
            return .refused(nonce: nonce, reason: reason)
        case 6, 8, 9:
            guard let number = reader.number(UInt64.self), let time = reader.number(UInt64.self) else { return nil }
            if type == 6 {
                return reader.feedback().map { .data(session: session, number: number, time: time, $0) }
            }
            return type == 8
                ? .echo(session: session, number: number, time: time)
                : .echoReply(session: session, number: number, time: time)
        case 7: return reader.feedback().map { .feedback(session: session, $0) }
        case 10: return .stop(session: session)
        case 11: return reader.number(UInt32.self).map { .idle(session: session, milliseconds: $0) }
        case 12:
            guard let direction = reader.number(UInt8.self).flatMap(Direction.init),
                let nonce = reader.bytes(nonceSize),
                let cookie = reader.bytes(nonceSize), let code = reader.bytes(codeSize)
            else { return nil }
            return .bulk(session: session, direction, nonce: nonce, cookie: cookie, code: code)
        case 13: return reader.feedback().map { .report(session: session, $0) }
        case 14:
            guard let other = reader.number(UInt64.self) else { return nil }
            return reader.feedback().map { .relay(session: session, of: other, $0) }
        case 15: return .sound(session: session)
        default: return nil
        }
    }
}

extension ProbeMessage.Feedback {
    func append(to bytes: inout [UInt8]) {
        for number in [latest, latestSent, packets, ipBytes, time] { bytes.append(number: number) }
        bytes.append(number: held)
    }
}

extension [UInt8] {
    // Of each size its own, because a generic one is not specialised across modules and takes longer than the code.

    /// Appends a number in network byte order.
    package mutating func append(number: UInt64) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }
    package mutating func append(number: UInt32) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }
    mutating func append(number: UInt16) { Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) } }
}

/// Reads the fields of a datagram in order; nil where one is incomplete.
struct ProbeReader {
    private let all: UnsafeRawBufferPointer
    private(set) var place = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        all = bytes
    }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        let size = Number.bitWidth / 8
        guard place + size <= all.count else { return nil }
        defer { place += size }
        return all[place..<(place + size)].reduce(0) { ($0 << 8) | Number(truncatingIfNeeded: $1) }
    }

    mutating func feedback() -> ProbeMessage.Feedback? {
        guard let latest = number(UInt64.self), let sent = number(UInt64.self), let packets = number(UInt64.self),
            let ipBytes = number(UInt64.self), let time = number(UInt64.self), let held = number(UInt32.self)
        else { return nil }
        return ProbeMessage.Feedback(
            latest: latest, latestSent: sent, packets: packets, ipBytes: ipBytes, time: time, held: held)
    }

    mutating func bytes(_ count: Int) -> [UInt8]? {
        guard place + count <= all.count else { return nil }
        defer { place += count }
        return Array(all[place..<(place + count)])
    }
}
