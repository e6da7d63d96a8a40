// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Quantities
import System

/// The messages of a workload that consists of messages: where in the payload stream each of them ends, and when it had
/// arrived completely. Instants are on the kernel's monotonic clock.
protocol Exchanges: AnyObject {
    /// The end of the message that is being waited for; nil if none is.
    var end: UInt64? { get }
    /// The end of the part of the stream that is wanted; nil if everything that is wanted has arrived.
    var askedEnd: UInt64? { get }
    /// Expires when the next message may be wanted; nil if that never depends on time.
    var timer: MonotonicTimer? { get }

    /// Begins the run, unless it has begun already.
    func beginIfNone(at now: Int64)
    /// Returns true if more is wanted from now on.
    func advance(at now: Int64) -> Bool
    /// Describes what the server should be asked for; returns false if there is nothing to ask for.
    func describe(_ request: inout PayloadRequest) -> Bool
    /// Reports that the stream has arrived up to `received`; returns true if more is wanted at once.
    func take(upTo received: UInt64, at now: Int64) -> Bool
    func all(paceStart: Int64?, before end: Int64) -> [(start: Int64, end: Int64?, size: ByteCount)]
}

/// Messages that the client asks for, each at the time its request gives. Messages that are asked for before earlier
/// ones have arrived follow those in the stream.
final class RequestSeries: Exchanges {
    private var requests: any IteratorProtocol<WorkloadRequest>
    /// The next request, which is not due yet; nil if there are no more.
    private var next: WorkloadRequest?
    private var done: [(start: Int64, end: Int64?, size: ByteCount)] = []
    /// Messages that were asked for, or were due while there was no connection, in the order of the stream.
    private var open: ArraySlice<(start: Int64, end: UInt64, size: ByteCount)> = []
    private var streamEnd: UInt64 = 0
    /// When the run began; nil if it has not.
    private var zero: Int64?
    /// When the last message was complete; initially, when the run began.
    private var idleSince: Int64 = 0
    private var lastStart: Int64 = 0
    let timer: MonotonicTimer?

    init(_ requests: any IteratorProtocol<WorkloadRequest>) throws {
        self.requests = requests
        timer = try MonotonicTimer(first: nil)
    }

    var end: UInt64? { open.first?.end }
    var askedEnd: UInt64? { open.last?.end }

    func beginIfNone(at now: Int64) {
        guard zero == nil else { return }
        zero = now
        (idleSince, lastStart) = (now, now)
        next = requests.next()
        _ = advance(at: now)
    }

    func advance(at now: Int64) -> Bool {
        var hasMore = false
        while let request = next, let start = start(of: request.moment, at: now) {
            let size = max(ByteCount(1), request.size)
            streamEnd += UInt64(size.bytes)
            open.append((start, streamEnd, size))
            lastStart = start
            next = requests.next()
            hasMore = true
        }
        return hasMore
    }

    /// When the message starts; nil if that is still to come. If it depends on time, the timer is set for it.
    private func start(of moment: WorkloadRequest.Moment, at now: Int64) -> Int64? {
        switch moment {
        case .after(let pause):
            guard open.isEmpty else { return nil }
            let due = idleSince + pause.wholeNanoseconds
            if due > now { timer?.set(due) }
            return due > now ? nil : now
        case .at(let time):
            guard let zero else { return nil }
            let due = max(lastStart, zero + time.wholeNanoseconds)
            if due > now { timer?.set(due) }
            return due > now ? nil : due
        }
    }

    func describe(_ request: inout PayloadRequest) -> Bool {
        guard let last = open.last else { return false }
        request.end = last.end
        request.frame = UInt64(last.size.bytes)
        return true
    }

    func take(upTo received: UInt64, at now: Int64) -> Bool {
        guard let end, received >= end else { return false }
        while let first = open.first, received >= first.end {
            done.append((first.start, now, first.size))
            open.removeFirst()
        }
        idleSince = now
        return advance(at: now)
    }

    func all(paceStart: Int64?, before end: Int64) -> [(start: Int64, end: Int64?, size: ByteCount)] {
        (done + open.map { ($0.start, nil, $0.size) }).filter { $0.start < end }
    }
}

/// Frames that the server produces at a steady pace, from the first request on.
final class FrameSequence: Exchanges {
    private let size: ByteCount
    private let interval: Int64
    private var arrivals: [Int64] = []
    let timer: MonotonicTimer? = nil

    init(size: ByteCount, interval: Duration) throws {
        guard interval > .zero else { throw Fault(.failed, "the workload sends frames without any time between them") }
        self.size = max(ByteCount(1), size)
        self.interval = interval.wholeNanoseconds
    }

    let askedEnd: UInt64? = .max
    var end: UInt64? { UInt64(arrivals.count + 1) * UInt64(size.bytes) }

    func beginIfNone(at now: Int64) {}
    func advance(at now: Int64) -> Bool { false }

    func describe(_ request: inout PayloadRequest) -> Bool {
        request.end = .max
        request.frame = UInt64(size.bytes)
        request.interval = UInt64(interval)
        return true
    }

    func take(upTo received: UInt64, at now: Int64) -> Bool {
        while let end, end <= received { arrivals.append(now) }
        return false
    }

    func all(paceStart: Int64?, before end: Int64) -> [(start: Int64, end: Int64?, size: ByteCount)] {
        guard let paceStart, paceStart < end else { return [] }
        let frames = Int((end - paceStart - 1) / interval) + 1
        return (0..<frames).map { frame in
            (paceStart + Int64(frame) * interval, frame < arrivals.count ? arrivals[frame] : nil, size)
        }
    }
}
