// SPDX-License-Identifier: Apache-2.0
import ProbeFormat

enum ProbeSeeds {
    private static let feedback = ProbeMessage.Feedback(
        latest: 9, latestSent: 1_000_000_000, packets: 8, ipBytes: 12_000, time: 2_000_000_000, held: 5000)

    private static let messages: [ProbeMessage] = {
        let nonce = [UInt8](repeating: 3, count: ProbeMessage.nonceSize)
        let code = [UInt8](repeating: 4, count: ProbeMessage.codeSize)
        return [
            .hello(nonce: nonce), .challenge(nonce: nonce, cookie: nonce),
            .start(nonce: nonce, cookie: nonce, code: code),
            .started(nonce: nonce, session: 5, seconds: 7200, code: code),
            .refused(nonce: nonce, reason: .tooMany), .data(session: 5, number: 9, time: 1_000_000, feedback),
            .feedback(session: 5, feedback), .echo(session: 5, number: 2, time: 1_000_000),
            .echoReply(session: 5, number: 2, time: 1_000_000), .stop(session: 5),
            .idle(session: 5, milliseconds: 3000), .bulk(session: 5, .down, nonce: nonce, cookie: nonce, code: code),
            .report(session: 5, feedback), .relay(session: 5, of: 6, feedback), .sound(session: 5),
        ]
    }()

    /// Each message in both versions, without a valid code.
    static let datagrams: [[UInt8]] = messages.flatMap { message in
        [message.encoded, message.isSealed ? message.covered(number: 3) + [1, 2, 3, 4, 5, 6, 7, 8] : message.greeting]
    }

    /// Both ends act and hear each other for a while; then each is told one lie of each kind.
    static let sessions: [[UInt8]] = {
        let exchange = (0..<12).flatMap { _ -> [UInt8] in [0, 10, 4, 5, 6, 6, 7, 7, 7] }
        let lies = messages.filter(\.isSealed).flatMap { message -> [UInt8] in
            // The type and the fields, without magic number, version, session and number.
            let bytes = message.covered(number: 0)
            return [15, bytes[5]] + bytes[24...] + [14, bytes[5]] + bytes[24...] + [0, 20, 4, 5]
        }
        return [exchange, exchange + lies, exchange + [10, 3, 1, 11, 30, 2, 2, 40] + exchange]
    }()
}
