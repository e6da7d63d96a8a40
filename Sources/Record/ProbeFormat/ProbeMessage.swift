// SPDX-License-Identifier: Apache-2.0
import Quantities

/// What a datagram says that the probe of a recorder exchanges with its field server over UDP. `ProbeDatagram` gives it
/// its bytes.
///
/// Greetings open a session and prove the key. Everything else belongs to a session, and its datagrams have a number
/// and a code.
package enum ProbeMessage: Equatable, Sendable {
    /// A client asks for a challenge.
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
        /// The two ends speak different versions; the header of the refusal holds the version of its sender.
        case otherVersion = 3
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
    /// The version that is spoken. Recordings of version 1 are read.
    package static let version: UInt8 = 2
    package static let firstVersion: UInt8 = 1
    package static let nonceSize = 16
    package static let codeSize = 32
    static let headerSize = 16
    /// Payload size of a data datagram: 1400 bytes with the IPv4 and UDP headers, which fits nearly every path without
    /// fragmentation.
    package static let dataSize = 1372
    /// Size of a hello and of a start with their padding: larger than any answer to them.
    package static let greetingSize = 96
    /// Size of the code of a session's datagrams: the first 64 bits of an HMAC-SHA256.
    package static let sealSize = 8
    package static let port: UInt16 = 4773
    /// The sizes of the first messages over TCP, from the server and from the client.
    package static let challengeSize = headerSize + 2 * nonceSize
    package static let bulkSize = headerSize + 1 + 2 * nonceSize + codeSize

    var type: UInt8 {
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

    package var session: UInt64 {
        switch self {
        case .hello, .challenge, .start, .refused: 0
        case .started(_, let session, _, _), .data(let session, _, _, _), .feedback(let session, _),
            .echo(let session, _, _), .echoReply(let session, _, _), .stop(let session), .idle(let session, _),
            .bulk(let session, _, _, _, _), .report(let session, _), .relay(let session, _, _), .sound(let session):
            session
        }
    }
}
