// SPDX-License-Identifier: Apache-2.0
import Determinism
import ProbeFormat
import Quantities

/// One end of a session: decides what to send and when, and processes what arrives. Both ends are the same except that
/// the client sends echoes and the server returns them.
struct ProbeEndpoint {
    let session: UInt64
    private var filler: LinkFiller
    private(set) var receiver: LinkReceiver
    private let sendsEchoes: Bool
    /// If streams fill the link, the session has only echoes and the reports on them.
    private let filling: Filling
    private var nextEcho: Int64
    private var echoNumber: UInt64 = 0
    /// What the recording's other sessions have received at this end, which this session also reports.
    var others: [UInt64: LinkReceiver] = [:]
    /// The largest number reported so far for each of those sessions.
    private var relayed: [UInt64: UInt64] = [:]
    private var nextRelay: Int64
    /// When the queues' limits are to be looked for next, and when the next idle phase begins, by which the queues must
    /// be empty again.
    private var nextSounding: Int64
    var nextIdle: Int64 = .max
    /// No data is sent until then.
    private(set) var idleUntil: Int64 = .min
    /// Round-trip time of the last echo, in nanoseconds.
    private(set) var roundTrip: Int64 = 0
    /// When a message last arrived.
    private(set) var heard: Int64
    /// Replies that must be sent at once.
    private var replies: [ProbeMessage] = []
    /// Echoes that arrive while so many replies wait are not answered: memory must not depend on the other end.
    private static let mostReplies = 64
    private let begin: Int64
    private var budget: Budget
    private(set) var sentBytes: Int64 = 0
    var receivedBytes: Int64 { Int64(clamping: receiver.ipBytes) }

    static let echoInterval: Int64 = 100_000_000
    /// Each relay costs 112 bytes per other session.
    static let relayInterval: Int64 = 100_000_000
    /// Time from the beginning or the last idle phase to a sounding, and how long the sounding and the emptying of the
    /// queues take.
    static let soundingDelay: Int64 = 5_000_000_000
    static let soundingSpan = LinkFiller.soundingTime + LinkFiller.deepestDelay
    /// Time to the next sounding, in case the limit was not found.
    static let soundingInterval: Int64 = 60_000_000_000

    /// - Parameters:
    ///   - rate: a rate that is never exceeded, in IP bits.
    init(session: UInt64, sendsEchoes: Bool, filling: Filling = .datagrams, rate: DataRate, at now: Int64) {
        self.session = session
        self.sendsEchoes = sendsEchoes
        self.filling = filling
        filler = LinkFiller(at: now)
        receiver = LinkReceiver(at: now)
        nextEcho = now
        nextRelay = now
        nextSounding = now + Self.soundingDelay
        heard = now
        begin = now
        budget = Budget(rate: rate, at: now)
    }

    mutating func goIdle(until end: Int64) {
        idleUntil = max(idleUntil, end)
        filler.endSounding()
        nextSounding = idleUntil + Self.soundingDelay
    }

    /// Sounds only if there are other sessions: a full queue delays the answers to the other direction for seconds, and
    /// that direction would run dry unless the answers arrived another way.
    private mutating func sound(at now: Int64) {
        if !others.isEmpty, !filler.hasFoundLimit { filler.sound(at: now) }
    }

    /// Counts the IP bytes that this session's streams received and sent.
    mutating func count(received: Int, sent: Int = 0) {
        receiver.count(ipBytes: received)
        sentBytes += Int64(sent)
    }

    func isSilent(at now: Int64) -> Bool { filler.isSilent(at: now) }

    /// Processes a message of this session that has arrived.
    mutating func take(_ message: ProbeMessage, ipBytes: Int, at now: Int64) {
        receiver.count(ipBytes: ipBytes)
        heard = now
        switch message {
        case .data(_, let number, let time, let feedback):
            receiver.take(number: number, sent: time, at: now)
            filler.take(feedback, at: now)
        case .feedback(_, let feedback): filler.take(feedback, at: now)
        case .echo(let session, let number, let time):
            if replies.count < Self.mostReplies {
                replies.append(.echoReply(session: session, number: number, time: time))
            }
            if filling == .streams { receiver.take(number: number, sent: time, at: now) }
        case .echoReply(_, let number, let time):
            // Only an echo that was sent has a reply; the time is then one of this end's own.
            guard number > 0, number <= echoNumber, let sent = Int64(exactly: time), begin <= sent, sent <= now else {
                break
            }
            roundTrip = now - sent
        case .sound: sound(at: now)
        case .idle(_, let milliseconds): goIdle(until: now + Int64(min(milliseconds, 60_000)) * 1_000_000)
        default: break
        }
    }

    /// Processes feedback on this session's data that arrived through another session.
    mutating func take(relayed feedback: ProbeMessage.Feedback, at now: Int64) {
        filler.take(feedback, at: now)
    }

    /// Sends everything that is due.
    ///
    /// - Parameter send: returns false if nothing more can be sent now.
    mutating func act(at now: Int64, send: (ProbeMessage) -> Bool) {
        while let reply = replies.first {
            guard send(reply) else { return }
            replies.removeFirst()
        }
        if sendsEchoes, nextEcho <= now {
            nextEcho = max(nextEcho + Self.echoInterval, now)
            echoNumber += 1
            guard send(.echo(session: session, number: echoNumber, time: UInt64(clamping: now))) else { return }
        }
        if nextRelay <= now, idleUntil <= now {
            for (other, latest) in news {
                guard var receiver = others[other],
                    send(.relay(session: session, of: other, receiver.feedback(at: now)))
                else { return }
                relayed[other] = latest
                nextRelay = now + Self.relayInterval
            }
        }
        if sendsEchoes, filling == .datagrams, nextSounding <= now, now + Self.soundingSpan <= nextIdle {
            guard send(.sound(session: session)) else { return }
            sound(at: now)
            nextSounding = now + Self.soundingInterval
        }
        while filling == .datagrams, idleUntil <= now, filler.maySend(at: now), budget.allows(at: now) {
            let data = ProbeMessage.data(
                session: session, number: filler.next, time: UInt64(clamping: now), receiver.feedback(at: now))
            guard send(data) else { return }
            filler.send(at: now)
            budget.spend(ProbeMessage.dataSize + 28)
            sentBytes += Int64(ProbeMessage.dataSize + 28)
        }
        if let due, due <= now {
            let feedback = receiver.feedback(at: now)
            _ = send(
                filling == .datagrams
                    ? .feedback(session: session, feedback) : .report(session: session, feedback))
        }
    }

    /// The other sessions about which there is something new to report, with the largest number received. A new session
    /// is reported at once, which tells the far end that the two belong together.
    private var news: [(session: UInt64, latest: UInt64)] {
        others.filter { other, receiver in relayed[other].map { $0 < receiver.latest } ?? true }
            .map { (session: $0.key, latest: $0.value.latest) }.sorted { $0.session < $1.session }
    }

    /// When feedback on what arrived is due: for an echo, at once.
    private var due: Int64? {
        filling == .datagrams ? receiver.due(besides: filler.rate) : receiver.unsaidSince
    }

    /// When `act` may have something to do even if nothing has arrived.
    func wakeTime(at now: Int64) -> Int64 {
        var wake = idleUntil > now ? idleUntil : filler.wakeTime(at: now)
        if idleUntil <= now, filler.maySend(at: now) { wake = budget.wakeTime(at: now) }
        if filling == .streams { wake = .max }
        if let due { wake = min(wake, due) }
        if idleUntil <= now, !news.isEmpty { wake = min(wake, nextRelay) }
        if sendsEchoes { wake = min(wake, nextEcho) }
        return wake
    }
}

/// A rate that is never exceeded for longer than a moment.
struct Budget {
    private let bytesPerSecond: Double
    private var left: Double
    private var time: Int64

    private static let span = 0.02

    init(rate: DataRate, at now: Int64) {
        bytesPerSecond = rate.bitsPerSecond / 8
        left = bytesPerSecond * Self.span
        time = now
    }

    mutating func allows(at now: Int64) -> Bool {
        let most = max(bytesPerSecond * Self.span, 3000)
        left = min(most, left + bytesPerSecond * Double(max(0, now - time)) / 1e9)
        time = now
        return left > 0
    }

    mutating func spend(_ bytes: Int) {
        left -= Double(bytes)
    }

    func wakeTime(at now: Int64) -> Int64 {
        left > 0 ? now : now + Int64((-left / max(1, bytesPerSecond) * 1e9).rounded(.up)) + 1_000_000
    }
}
