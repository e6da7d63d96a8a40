// SPDX-License-Identifier: Apache-2.0
import Quantities

/// A datagram that the probe of a recorder exchanges with its field server: UDP, with all numbers in network byte
/// order.
///
/// Every datagram begins with the magic number, the version, its type and the session (zero until there is one). A
/// capture that keeps 128 bytes of each packet contains every field; the padding of a datagram comes after the fields.
package enum ProbeMessage: Equatable, Sendable {
    /// A client asks for a challenge. Padded so that no answer is larger than it.
    case hello(nonce: Nonce)
    /// The cookie: a sender that returns it proves that it receives what is sent to its address.
    case challenge(nonce: Nonce, cookie: Nonce)
    /// Proves the shared key: `code` covers everything before it.
    case start(nonce: Nonce, cookie: Nonce, code: Code)
    /// The server's own proof, and for how many seconds it will serve.
    case started(nonce: Nonce, session: UInt64, seconds: UInt32, code: Code)
    case refused(nonce: Nonce, reason: Refusal)
    /// Fills the link. `time` is read from the sender's clock. Every datagram carries feedback on the other direction
    /// because rare datagrams would be lost where a queue is always full.
    case data(session: UInt64, number: UInt64, time: UInt64, Feedback)
    case feedback(session: UInt64, Feedback)
    /// Returned at once with the number and time that it was sent with.
    case echo(session: UInt64, number: UInt64, time: UInt64)
    case echoReply(session: UInt64, number: UInt64, time: UInt64)
    /// The client has finished.
    case stop(session: UInt64)
    /// No data is sent in either direction for so many milliseconds, so that echoes meet empty queues.
    case idle(session: UInt64, milliseconds: UInt32)
    /// Sent over TCP in answer to the server's challenge: this connection will fill one direction for a session that
    /// has only echoes.
    case bulk(session: UInt64, Direction, nonce: Nonce, cookie: Nonce, code: Code)
    /// Like `feedback`, for a session that TCP fills: the numbers are those of echoes.
    case report(session: UInt64, Feedback)
    /// Like `feedback`, for another session of the same recording: arrives in time when that session's own return path
    /// is delayed.
    case relay(session: UInt64, of: UInt64, Feedback)

    /// Both ends fill their queues once until they overflow, to learn how much the queues hold.
    case sound(session: UInt64)

    /// Initial part of an idle phase. When it ends, the queues are empty and echoes have measured the delay without
    /// them. The rest of a longer phase is free for other traffic.
    package static let settlingMilliseconds: UInt32 = 3000

    package typealias Nonce = [UInt8]
    package typealias Code = [UInt8]

    package enum Refusal: UInt8, Sendable {
        case wrongKey = 1
        case tooMany = 2
    }

    package enum Direction: UInt8, Sendable, CaseIterable {
        case up = 1
        case down = 2
    }

    /// What one end has received in a session since its beginning, counting all types of the other end's datagrams
    /// together.
    package struct Feedback: Equatable, Sendable {
        /// The largest number of any data datagram that has arrived (zero if none) and when it was sent, by its
        /// sender's clock.
        package var latest: UInt64
        package var latestSent: UInt64
        /// The number of data datagrams, and the bytes of all types including IP and UDP headers.
        package var packets: UInt64
        package var ipBytes: UInt64
        /// When this was sent, by its own sender's clock: nanoseconds since an arbitrary instant.
        package var time: UInt64
        /// Nanoseconds from the latest datagram's arrival until this was sent.
        package var held: UInt32

        package init(
            latest: UInt64, latestSent: UInt64, packets: UInt64, ipBytes: UInt64, time: UInt64, held: UInt32
        ) {
            self.latest = latest
            self.latestSent = latestSent
            self.packets = packets
            self.ipBytes = ipBytes
            self.time = time
            self.held = held
        }
    }

    package static let magic: UInt32 = 0x5742_5052  // "WBPR"
    package static let version: UInt8 = 1
    package static let nonceSize = 16
    package static let codeSize = 32
    static let headerSize = 16
    /// Payload size of a data datagram: 1400 bytes with the IPv4 and UDP headers, which fits nearly every path without
    /// fragmentation.
    package static let dataSize = 1372
    /// Size of a hello: larger than any answer to it.
    package static let helloSize = 96
    package static let port: UInt16 = 4773
    /// The sizes of the first messages over TCP, from the server and from the client.
    package static let challengeSize = headerSize + 2 * nonceSize
    package static let bulkSize = headerSize + 1 + 2 * nonceSize + codeSize

    private var type: UInt8 {
        switch self {
        case .hello: 1
        case .challenge: 2
        case .start: 3
        case .started: 4
        case .refused: 5
        case .data: 6
        case .feedback: 7
        case .echo: 8
        case .echoReply: 9
        case .stop: 10
        case .idle: 11
        case .bulk: 12
        case .report: 13
        case .relay: 14
        case .sound: 15
        }
    }

    private var session: UInt64 {
        switch self {
        case .hello, .challenge, .start, .refused: 0
        case .started(_, let session, _, _), .data(let session, _, _, _), .feedback(let session, _),
            .echo(let session, _, _), .echoReply(let session, _, _), .stop(let session), .idle(let session, _),
            .bulk(let session, _, _, _, _), .report(let session, _), .relay(let session, _, _), .sound(let session):
            session
        }
    }

    // MARK: Bytes

    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(128)
        func put<Number: FixedWidthInteger>(_ number: Number) {
            for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
            }
        }
        func put(_ feedback: Feedback) {
            for number in [
                feedback.latest, feedback.latestSent, feedback.packets, feedback.ipBytes, feedback.time,
            ] { put(number) }
            put(feedback.held)
        }
        put(Self.magic)
        put(Self.version)
        put(type)
        put(UInt16(0))
        put(session)
        switch self {
        case .hello(let nonce):
            bytes += nonce
            bytes += repeatElement(0, count: Self.helloSize - bytes.count)
        case .challenge(let nonce, let cookie): bytes += nonce + cookie
        case .start(let nonce, let cookie, let code): bytes += nonce + cookie + code
        case .started(let nonce, _, let seconds, let code):
            bytes += nonce
            put(seconds)
            bytes += code
        case .refused(let nonce, let reason):
            bytes += nonce
            put(reason.rawValue)
        case .data(_, let number, let time, let feedback):
            put(number)
            put(time)
            put(feedback)
        case .echo(_, let number, let time), .echoReply(_, let number, let time):
            put(number)
            put(time)
        case .feedback(_, let feedback), .report(_, let feedback): put(feedback)
        case .relay(_, let other, let feedback):
            put(other)
            put(feedback)
        case .stop, .sound: break
        case .idle(_, let milliseconds): put(milliseconds)
        case .bulk(_, let direction, let nonce, let cookie, let code):
            put(direction.rawValue)
            bytes += nonce + cookie + code
        }
        return bytes
    }

    /// nil if `bytes` do not hold a complete message of this version; padding may be missing.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = Reader(bytes)
        guard reader.number(UInt32.self) == Self.magic, reader.number(UInt8.self) == Self.version,
            let type = reader.number(UInt8.self), reader.number(UInt16.self) != nil,
            let session = reader.number(UInt64.self)
        else { return nil }
        guard let message = Self.body(type, session, &reader) else { return nil }
        self = message
    }

    private static func body(_ type: UInt8, _ session: UInt64, _ reader: inout Reader) -> ProbeMessage? {
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

    private struct Reader {
        private let all: UnsafeRawBufferPointer
        private var place = 0

        init(_ bytes: UnsafeRawBufferPointer) {
            all = bytes
        }

        mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
            let size = Number.bitWidth / 8
            guard place + size <= all.count else { return nil }
            defer { place += size }
            return all[place..<(place + size)].reduce(0) { ($0 << 8) | Number(truncatingIfNeeded: $1) }
        }

        mutating func feedback() -> Feedback? {
            guard let latest = number(UInt64.self), let sent = number(UInt64.self), let packets = number(UInt64.self),
                let ipBytes = number(UInt64.self), let time = number(UInt64.self), let held = number(UInt32.self)
            else { return nil }
            return Feedback(
                latest: latest, latestSent: sent, packets: packets, ipBytes: ipBytes, time: time, held: held)
        }

        mutating func bytes(_ count: Int) -> [UInt8]? {
            guard place + count <= all.count else { return nil }
            defer { place += count }
            return Array(all[place..<(place + count)])
        }
    }
}
