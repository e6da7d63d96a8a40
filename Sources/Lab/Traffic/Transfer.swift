// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import System
import SystemPackage

/// The mobile host's application. It runs a workload over one connection at a time, checks every byte that it receives,
/// and continues where it stopped when it is given another connection.
///
/// It reads bulk transfers once a tick instead of at every packet, since a wake-up costs more real time in the guest
/// than a packet does. SO_RCVLOWAT keeps this from narrowing the receive window. Completed exchanges also wake it.
package final class Transfer {
    package enum State: Equatable {
        case idle
        case connecting
        case established
        /// Everything that was wanted has been transferred, as far as the client can tell.
        case complete
        /// The connection is gone, with the reason that the kernel reports (nil if the server closed it).
        case lost(Errno?)
    }

    /// A megabyte is more than any path in the lab delivers in a tick.
    static let lowWater = ByteCount(1 << 20)

    package private(set) var state = State.idle
    package private(set) var socket: StreamSocket?
    package var stateChanged: ((State) -> Void)?
    /// The kernel's answers for the sockets of all connections that were established.
    package private(set) var congestionControls: Set<String> = []
    /// Identifies the transfer to the server, and defines its bytes for both ends.
    package let seed: UInt64

    private let loop: EventLoop
    private let port: UInt16
    private let download: PayloadReader
    private let upload: PayloadWriter?
    private let exchanges: Exchanges?
    /// The end of a bulk transfer in each direction; zero if there is none in that direction.
    private let downloadEnd: UInt64
    private let uploadEnd: UInt64
    private var hasAsked = false
    /// The end of what the server has been asked for over this connection.
    private var requestedEnd: UInt64 = 0
    /// Whether a request must be sent again because the kernel had no room for it.
    private var mustAsk = false
    /// The part of the server's answer on where the upload continues that has arrived; nil if no answer is expected.
    private var answer: [UInt8]?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 << 20, alignment: 16)

    /// - Parameters:
    ///   - seed: seed of the transfer's stream; transfers that run at the same time need different seeds.
    ///   - port: port on which its server listens.
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
    /// Offset of the first byte that differed from the stream.
    package var firstDifference: UInt64? { download.firstDifference }

    // MARK: - Connections

    /// Starts a connection over `socket`, which must be unconnected, to transfer what is still missing. A connection
    /// that is still open is aborted.
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
            // Data that a tick drains needs no wake-up.
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
        // A handler that was told of a loss may already have begun another connection.
        if state == .connecting, self.socket === socket { change(to: .established) }
    }

    /// Asks the server for the next part that is wanted.
    private func ask() {
        guard let socket else { return }
        var request = PayloadRequest(seed: seed)
        // Data that was requested earlier is on its way.
        request.offset = max(received, requestedEnd)
        if let exchanges {
            guard exchanges.describe(&request), request.end > request.offset else { return }
        } else {
            request.end = downloadEnd
        }
        if let upload {
            // The client knows what it has sent; only the server knows how much of that has arrived.
            request.uploadOffset = hasAsked ? PayloadRequest.unknown : 0
            request.uploadEnd = uploadEnd
            answer = hasAsked ? [] : nil
            upload.aim(from: 0, to: hasAsked ? 0 : uploadEnd)
        }
        let bytes = request.encoded
        let outcome = bytes.withUnsafeBytes(socket.send)
        // Requests for single messages may pile up while the link is away.
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

    /// Takes and checks everything that has arrived; returns the number of bytes that have arrived since the last call.
    package func drain() -> Int {
        if wants { read() }
        if mustAsk, state == .established { ask() }
        return download.count()
    }

    /// Whether bytes from the server are expected.
    private var wants: Bool { answer != nil || received < askedEnd }

    /// The end of what the server has been asked for.
    private var askedEnd: UInt64 { exchanges.map { $0.askedEnd ?? received } ?? downloadEnd }

    private func read() {
        guard state == .established, let socket else { return }
        if answer != nil, !readAnswer(socket) { return }
        let before = received
        // If no more data is expected on a connection, reading from it shows its end.
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

    /// Returns true once the answer is complete.
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

    /// Sets the next wake-up: when the server's answer arrives or an exchange is complete. A long exchange causes a few
    /// more wake-ups; data that a tick drains causes none.
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
    /// The end of a bulk transfer in each direction; zero if there is none in that direction.
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
    /// All exchanges that were requested, or were due, before `end`, in order. Times are on the kernel's monotonic
    /// clock, as is `paceStart`.
    package func exchanges(paceStart: Int64?, before end: Int64) -> [(start: Int64, end: Int64?, size: ByteCount)] {
        exchanges?.all(paceStart: paceStart, before: end) ?? []
    }
}
