// SPDX-License-Identifier: Apache-2.0
extension ProbeMessage {
    /// The message's bytes as they may be shown to others: the counts and times that traces are derived from. Of a
    /// message that opens a session only the type is left, because the others of its fields prove a key.
    ///
    /// - Parameter session: the number to be shown for a session's number; whoever knows the latter can take part.
    package func published(session: (UInt64) -> UInt64) -> [UInt8] {
        switch self {
        case .data(let number, let count, let time, let feedback):
            ProbeMessage.data(session: session(number), number: count, time: time, feedback).encoded
        case .feedback(let number, let feedback):
            ProbeMessage.feedback(session: session(number), feedback).encoded
        case .echo(let number, let count, let time):
            ProbeMessage.echo(session: session(number), number: count, time: time).encoded
        case .echoReply(let number, let count, let time):
            ProbeMessage.echoReply(session: session(number), number: count, time: time).encoded
        case .stop(let number): ProbeMessage.stop(session: session(number)).encoded
        case .idle(let number, let milliseconds):
            ProbeMessage.idle(session: session(number), milliseconds: milliseconds).encoded
        case .report(let number, let feedback): ProbeMessage.report(session: session(number), feedback).encoded
        case .relay(let number, let other, let feedback):
            ProbeMessage.relay(session: session(number), of: session(other), feedback).encoded
        case .sound(let number): ProbeMessage.sound(session: session(number)).encoded
        case .hello, .challenge, .start, .started, .refused, .bulk: Array(encoded.prefix(Self.headerSize - 8))
        }
    }
}
