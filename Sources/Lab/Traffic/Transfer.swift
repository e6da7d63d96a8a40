// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import System
import SystemPackage

/// The mobile host's application: runs a workload over one connection at a time, checks every byte that it gets, and
/// goes on where it was when it is given another connection.
///
/// Of bulk transfers it reads once a tick rather than at every packet, since a wake-up costs more real time in the
/// guest than a packet does. SO_RCVLOWAT keeps that from narrowing the receive window. Exchanges also wake it when they
/// are complete.
package final class Transfer {
    package enum State: Equatable {
        case idle
        case connecting
        case established
        /// All that was wanted has been transferred, as far as the client can know.
        case complete
        /// The connection is gone; why, as the kernel says (nil: the server closed it).
        case lost(Errno?)
    }

    /// A megabyte is more than any path here delivers in a tick.
    static let lowWater = ByteCount(1 << 20)

    package private(set) var state = State.idle
    package private(set) var socket: StreamSocket?
    package var stateChanged: ((State) -> Void)?
    /// What the kernel said of the socket of every connection that came about.
    package private(set) var congestionControls: Set<String> = []
    /// Tells the server whose transfer this is, and both ends what its bytes are.
    package let seed: UInt64

    private let loop: EventLoop
    private let port: UInt16
    private let download: PayloadReader
    private let upload: PayloadWriter?
    private let exchanges: Exchanges?
    /// Where a bulk transfer ends, in each direction; zero where it has none in it.
    private let downloadEnd: UInt64
    private let uploadEnd: UInt64
    private var hasAsked = false
    /// Up to where the server has been asked for its stream over this connection.
    private var requestedEnd: UInt64 = 0
    /// The kernel had no room for a request.
    private var mustAsk = false
    /// The server's word on where the upload goes on, as far as it has come; nil: none is to come.
    private var answer: [UInt8]?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 << 20, alignment: 16)

    /// - Parameters:
    ///   - seed: of its stream; transfers side by side need different ones.
    ///   - port: where its server listens.
    package init(loop: EventLoop, workload: Workload, seed: UInt64, port: UInt16) throws {
        self.loop = loop
        self.seed = seed
        self.port = port
        let traffic = workload.kind.traffic
        (downloadEnd, uploadEnd) = traffic.bulkEnds
        download = PayloadReader(PayloadStream(seed: seed))
        upload = uploadEnd > 0 ? PayloadWriter(.upload(of: seed), from: 0, to: 0) : nil
        exchanges =
            switch traffic {
            case .bulk: nil
            case .requests(let requests): try RequestSeries(requests(seed))
            case .frames(let size, let interval): try FrameSequence(size: size, interval: interval)
            }
        guard let timer = exchanges?.timer else { return }
        try loop.watch(timer.descriptor, for: .readable) { [unowned self] _ in
            guard timer.expirations > 0, let exchanges else { return }
            if exchanges.advance(at: SystemClock.monotonic), state == .established { ask() }
        }
    }

    deinit {
        if let timer = exchanges?.timer { loop.ignore(timer.descriptor) }
        buffer.deallocate()
    }

    /// In-order bytes of the server's stream that have arrived, over all connections.
    package var received: UInt64 { download.received }
    /// Offset of the first byte that was not the stream's.
    package var firstDifference: UInt64? { download.firstDifference }

    // MARK: - Connections

    /// Starts a connection over `socket`, which must be unconnected, for what has not been transferred yet. One that
    /// was open before is aborted.
    package func connect(_ socket: StreamSocket, to address: String) throws {
        abandon()
        self.socket = socket
        (requestedEnd, mustAsk) = (0, false)
        change(to: .connecting)
        exchanges?.beginIfNone(at: SystemClock.monotonic)
        if let error = socket.connect(to: address, port: port) {
            change(to: .lost(error))
            return
        }
        try loop.watch(socket.descriptor, for: .writable) { [unowned self] _ in connected() }
    }

    private func connected() {
        guard state == .connecting, let socket else { return }
        loop.ignore(socket.descriptor)
        if let error = socket.pendingError {
            change(to: .lost(error))
            return
        }
        congestionControls.insert(socket.congestionControl)
        do {
            if exchanges != nil { try socket.setNoDelay() }
            // What a tick drains wakes nobody.
            let interest: EventLoop.Interest? =
                upload != nil ? [.readable, .writable] : exchanges != nil ? .readable : nil
            if let interest {
                try loop.watch(socket.descriptor, for: interest) { [unowned self] in ready($0) }
            }
        } catch {
            change(to: .lost(nil))
            return
        }
        ask()
        // Whoever was told of a loss may have begun another connection.
        if state == .connecting, self.socket === socket { change(to: .established) }
    }

    /// Asks the server for what is wanted next.
    private func ask() {
        guard let socket else { return }
        var request = PayloadRequest(seed: seed)
        // What it was asked for before is on its way.
        request.offset = max(received, requestedEnd)
        if let exchanges {
            guard exchanges.describe(&request), request.end > request.offset else { return }
        } else {
            request.end = downloadEnd
        }
        if let upload {
            // What it has sent, the client knows; what of that has arrived, only the server does.
            request.uploadOffset = hasAsked ? PayloadRequest.unknown : 0
            request.uploadEnd = uploadEnd
            answer = hasAsked ? [] : nil
            upload.aim(from: 0, to: hasAsked ? 0 : uploadEnd)
        }
        let bytes = request.encoded
        let outcome = bytes.withUnsafeBytes(socket.send)
        // Requests of a message each may pile up while the link is away.
        mustAsk = exchanges != nil && outcome == .wouldBlock
        if mustAsk { return }
        guard outcome == .bytes(bytes.count) else {
            lose(socket.pendingError)
            return
        }
        hasAsked = true
        if exchanges != nil { requestedEnd = request.end }
        setLowWater()
        if answer == nil { write() }
    }

    /// Aborts the present connection, if there is one.
    package func abandon() {
        guard let socket else { return }
        loop.ignore(socket.descriptor)
        socket.abort()
        self.socket = nil
        state = .idle
    }

    private func lose(_ error: Errno?) {
        if let socket { loop.ignore(socket.descriptor) }
        change(to: .lost(error))
    }

    private func change(to state: State) {
        self.state = state
        stateChanged?(state)
    }

    // MARK: - Bytes

    private func ready(_ interest: EventLoop.Interest) {
        if interest.contains(.readable) { read() }
        if interest.contains(.writable), answer == nil { write() }
    }

    /// Takes and checks all that has arrived; returns how many bytes have since this was last called.
    package func drain() -> Int {
        if wants { read() }
        if mustAsk, state == .established { ask() }
        return download.count()
    }

    /// Whether bytes are on their way.
    private var wants: Bool { answer != nil || received < askedEnd }

    /// Up to where the server has been asked for its stream.
    private var askedEnd: UInt64 { exchanges.map { $0.askedEnd ?? received } ?? downloadEnd }

    private func read() {
        guard state == .established, let socket else { return }
        if answer != nil, !readAnswer(socket) { return }
        let before = received
        // A connection that is to bring nothing brings its end.
        let outcome = download.take(from: socket, upTo: wants ? askedEnd : received + 1, through: buffer)
        if received > before, let exchanges, exchanges.take(upTo: received, at: SystemClock.monotonic) { ask() }
        guard self.socket === socket else { return }
        if case .ended(let error) = outcome {
            lose(error)
        } else if uploadEnd == 0, exchanges == nil, received >= downloadEnd {
            change(to: .complete)
        } else if received > before, exchanges != nil {
            setLowWater()
        }
    }

    private func write() {
        guard let upload, let socket else { return }
        if case .ended(let error) = upload.write(to: socket) { lose(error) }
    }

    /// True when it is there.
    private func readAnswer(_ socket: StreamSocket) -> Bool {
        guard let answer else { return true }
        var rest = [UInt8](repeating: 0, count: 8 - answer.count)
        switch rest.withUnsafeMutableBytes(socket.receive) {
        case .bytes(let count):
            let bytes = answer + rest.prefix(count)
            self.answer = bytes
            guard bytes.count == 8 else { return false }
            let offset = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
            self.answer = nil
            setLowWater()
            upload?.aim(from: offset, to: uploadEnd)
            write()
            if state == .established, offset >= uploadEnd, received >= downloadEnd { change(to: .complete) }
            return state == .established
        case .wouldBlock:
            return false
        case .ended(let error):
            lose(error)
            return false
        }
    }

    /// The next wake-up comes with the server's answer, or when an exchange is complete; a long one has some more, and
    /// what a tick drains has none.
    private func setLowWater() {
        guard state != .complete, let socket else { return }
        var size = UInt64(Self.lowWater.bytes)
        if let answer {
            size = UInt64(8 - answer.count)
        } else if let exchanges {
            guard let end = exchanges.end, end > received else { return }
            size = min(size, end - received)
        }
        do { try socket.setReceiveLowWater(ByteCount(Int64(size))) } catch { lose(nil) }
    }
}

extension WorkloadTraffic {
    /// Where a bulk transfer ends, in each direction; zero where it has none in it.
    fileprivate var bulkEnds: (down: UInt64, up: UInt64) {
        guard case .bulk(let directions, let size) = self else { return (0, 0) }
        let end = size.map { UInt64($0.bytes) } ?? .max
        return switch directions {
        case .down: (end, 0)
        case .up: (0, end)
        case .both: (end, end)
        }
    }
}

extension Transfer {
    /// All exchanges that were asked for, or due, before `end`, in order; on the kernel's monotonic clock, as
    /// `paceStart` is.
    package func exchanges(paceStart: Int64?, before end: Int64) -> [(start: Int64, end: Int64?, size: ByteCount)] {
        exchanges?.all(paceStart: paceStart, before: end) ?? []
    }
}
