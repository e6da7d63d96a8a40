import Plans
import Quantities
import System

/// The messages of a workload that consists of such: where in the payload stream each of them ends, and when it had arrived.
/// Instants are of the kernel's monotonic clock.
protocol Exchanges: AnyObject {
    /// Where the message ends that is being waited for; nil: none is.
    var end: UInt64? { get }
    /// Up to where the server has been asked for the stream; nil: for nothing that has not arrived.
    var askedEnd: UInt64? { get }
    /// Expires when the next message is to be asked for; nil: that is never a matter of time.
    var timer: MonotonicTimer? { get }

    /// The first one is wanted, unless it has been before.
    func beginIfNone(at now: Int64)
    /// The next one is wanted.
    func begin(at now: Int64)
    /// Says what the server is to be asked for; false: nothing.
    func describe(_ request: inout PayloadRequest) -> Bool
    /// The stream has arrived up to here; true when another message is wanted at once.
    func take(upTo received: UInt64, at now: Int64) -> Bool
    func all(paceStart: Int64?, before end: Int64) -> [(start: Int64, end: Int64?, size: ByteCount)]
}

/// One request after another, each as soon as the last response has been thought over.
final class RequestSeries: Exchanges {
    private var sizes: ResponseSizes
    private let think: Duration
    private var done: [(start: Int64, end: Int64?, size: ByteCount)] = []
    private var present: (start: Int64, size: ByteCount)?
    private(set) var end: UInt64?
    var askedEnd: UInt64? { end }
    private var nextOffset: UInt64 = 0
    let timer: MonotonicTimer?

    init(_ requests: Workload.Requests, seed: UInt64) throws {
        sizes = ResponseSizes(requests, seed: seed)
        think = requests.think
        timer = try MonotonicTimer(first: nil)
    }

    func beginIfNone(at now: Int64) {
        if nextOffset == 0 { begin(at: now) }
    }

    func begin(at now: Int64) {
        let size = sizes.next()
        present = (now, size)
        nextOffset += UInt64(size.bytes)
        end = nextOffset
    }

    func describe(_ request: inout PayloadRequest) -> Bool {
        guard let present, let end else { return false }
        request.end = end
        request.frame = UInt64(present.size.bytes)
        return true
    }

    func take(upTo received: UInt64, at now: Int64) -> Bool {
        guard let present, let end, received >= end else { return false }
        done.append((present.start, now, present.size))
        self.present = nil
        self.end = nil
        if think > .zero {
            timer?.set(now + think.wholeNanoseconds)
            return false
        }
        begin(at: now)
        return true
    }

    func all(paceStart: Int64?, before end: Int64) -> [(start: Int64, end: Int64?, size: ByteCount)] {
        let all = done + (present.map { [($0.start, nil, $0.size)] } ?? [])
        return all.filter { $0.start < end }
    }
}

/// The frames that the server has at a steady pace, from the first request on.
final class FrameSequence: Exchanges {
    private let size: ByteCount
    private let interval: Int64
    private var arrivals: [Int64] = []
    let timer: MonotonicTimer? = nil

    init(_ stream: Workload.Stream) {
        size = max(ByteCount(1), stream.rate.bytes(in: stream.interval))
        interval = stream.interval.wholeNanoseconds
    }

    let askedEnd: UInt64? = .max
    var end: UInt64? { UInt64(arrivals.count + 1) * UInt64(size.bytes) }

    func beginIfNone(at now: Int64) {}
    func begin(at now: Int64) {}

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
