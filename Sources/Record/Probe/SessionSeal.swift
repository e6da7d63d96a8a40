// SPDX-License-Identifier: Apache-2.0
import ProbeFormat

/// One end's keys and numbers for the datagrams of one session: makes the datagrams that it sends, and accepts those
/// that the other end has made for this session and that have not arrived before. Nothing is encrypted, because
/// `derive` reads the fields.
///
/// The keys come from the shared key, the client's random nonce and the server's random session number. So a session
/// has keys of its own, and a recorded datagram is of no use in another session. Each direction has its own key, so
/// that no datagram can be sent back to where it came from.
///
/// A code has 64 bits. A forger can only try codes against a running session, and each try succeeds once in 1.8 * 10^19
/// times: at a million tries a second, once in 580,000 years. The keys end with the session. A longer code would cost
/// every datagram bytes and would not show in that figure.
final class SessionSeal {
    enum End {
        case client
        case server
    }

    let session: UInt64
    /// The key that the session's streams are opened with.
    let streamKey: SharedKey
    private let sending: MessageAuthentication
    private let receiving: MessageAuthentication
    /// At a million datagrams a second, 64 bits last for half a million years, so no number is used twice.
    private var next: UInt64 = 1
    private var window = ReplayWindow()

    init(_ key: SharedKey, _ end: End, nonce: ProbeMessage.Nonce, session: UInt64) {
        let parts = [nonce, SharedKey.bytes(session)]
        let up = MessageAuthentication(key: key.code("version 2 up", parts))
        let down = MessageAuthentication(key: key.code("version 2 down", parts))
        self.session = session
        streamKey = SharedKey(bytes: key.code("version 2 streams", parts))
        (sending, receiving) = end == .client ? (up, down) : (down, up)
    }

    /// The bytes of a datagram of this session, with number, code and padding.
    func datagram(_ message: ProbeMessage) -> [UInt8] {
        var bytes = message.covered(number: next)
        next += 1
        bytes.append(number: bytes.withUnsafeBytes { sending.seal(of: $0) })
        if case .data = message { bytes += repeatElement(0, count: ProbeMessage.dataSize - bytes.count) }
        return bytes
    }

    /// Whether the other end has made this datagram for this session, and it has not arrived before.
    ///
    /// - Parameter bytes: all of the datagram, as it arrived.
    func accepts(_ datagram: ProbeDatagram, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let seal = datagram.seal, let code = seal.code, datagram.message.session == session,
            bytes.count == datagram.message.datagramSize,
            receiving.seal(of: UnsafeRawBufferPointer(rebasing: bytes[..<seal.coveredSize])) == code
        else { return false }
        return window.accept(seal.number)
    }
}
