// SPDX-License-Identifier: Apache-2.0
import System

/// One connection at the server's end. It reads a request, sends what is requested, and repeats.
final class PayloadConnection {
    let socket: StreamSocket
    private(set) var client: PayloadServer.Client?
    private unowned let server: PayloadServer
    private let loop: EventLoop
    private var request: [UInt8] = []
    private var writer: PayloadWriter?
    private var uploadEnd: UInt64 = 0
    private var pace: Pace?

    /// When each part of a stream becomes available to be sent.
    private struct Pace {
        let start: Int64
        let frame: UInt64
        let interval: Int64
        let timer: MonotonicTimer

        /// The end of the part that the server has at `instant`.
        func end(at instant: Int64) -> UInt64 {
            let frames = UInt64(max(0, (instant - start) / interval)) + 1
            let (bytes, overflow) = frames.multipliedReportingOverflow(by: frame)
            return overflow ? .max : bytes
        }
    }

    init(socket: StreamSocket, server: PayloadServer, loop: EventLoop) {
        self.socket = socket
        self.server = server
        self.loop = loop
    }

    /// Returns false when the connection is over.
    func serve(_ ready: EventLoop.Interest) -> Bool {
        // Reading without data to read would cost a system call for every acknowledgement.
        if ready.contains(.readable), !read() { return false }
        return write()
    }

    private func write() -> Bool {
        guard let writer else { return true }
        return writer.write(to: socket) == .open
    }

    private func read() -> Bool {
        while true {
            if isUploading {
                guard takeUpload() else { return false }
                if isUploading { return true }
            }
            var buffer = [UInt8](repeating: 0, count: PayloadRequest.size - request.count)
            switch buffer.withUnsafeMutableBytes(socket.receive) {
            case .bytes(let count):
                request += buffer.prefix(count)
            case .wouldBlock:
                return true
            case .ended:
                return false
            }
            if request.count == PayloadRequest.size {
                guard let wanted = PayloadRequest(request), (try? begin(wanted)) == true else { return false }
                request = []
            }
        }
    }

    /// Returns false if the request cannot be fulfilled.
    private func begin(_ wanted: PayloadRequest) throws -> Bool {
        let client = server.client(wanted.seed)
        self.client = client
        server.adopt(self, by: client, uploading: wanted.uploadEnd > 0)
        if wanted.uploadEnd > 0 {
            uploadEnd = wanted.uploadEnd
            if wanted.uploadOffset == PayloadRequest.unknown {
                let answer = withUnsafeBytes(of: client.received.littleEndian) { socket.send($0) }
                // Nothing else was sent on this connection, so there is room.
                guard answer == .bytes(8) else { return false }
            } else if wanted.uploadOffset != client.received {
                return false
            }
            // The upload is drained once a tick, which must not narrow its window (see `Transfer`).
            try socket.setReceiveLowWater(Transfer.lowWater)
        }
        if wanted.end > wanted.offset { try send(wanted, to: client) }
        return true
    }

    private func send(_ wanted: PayloadRequest, to client: PayloadServer.Client) throws {
        var end = wanted.end
        // The last segment of a message must not wait until the segments before it are acknowledged.
        if wanted.frame > 0 { try socket.setNoDelay() }
        if wanted.interval > 0 {
            let now = SystemClock.monotonic
            let start = client.paceStart ?? now
            client.paceStart = start
            end = min(end, try startPacing(wanted, start: start).end(at: now))
        }
        if let writer, writer.end == wanted.offset {
            // Follows the parts that were requested earlier, some of which may not have been sent yet.
            writer.end = end
        } else if let writer {
            writer.aim(from: wanted.offset, to: end)
        } else {
            writer = PayloadWriter(PayloadStream(seed: wanted.seed), from: wanted.offset, to: end)
        }
    }

    // MARK: - Uploads

    private var isUploading: Bool { client.map { $0.received < uploadEnd } ?? false }

    /// Takes and checks everything of the upload that has arrived; returns false when the connection is over.
    @discardableResult
    func takeUpload() -> Bool {
        guard let client else { return true }
        return client.upload.take(from: socket, upTo: uploadEnd, through: server.buffer) == .open
    }

    // MARK: - Pace

    private func startPacing(_ wanted: PayloadRequest, start: Int64) throws -> Pace {
        stopPacing()
        let interval = Int64(wanted.interval)
        let timer = try MonotonicTimer(first: start + interval, interval: .nanoseconds(interval))
        let pace = Pace(start: start, frame: wanted.frame, interval: interval, timer: timer)
        try loop.watch(timer.descriptor, for: .readable) { [unowned self] _ in
            guard timer.expirations > 0 else { return }
            writer?.end = min(wanted.end, pace.end(at: SystemClock.monotonic))
            if !write() { server.end(self) }
        }
        self.pace = pace
        return pace
    }

    func stopPacing() {
        guard let pace else { return }
        loop.ignore(pace.timer.descriptor)
        self.pace = nil
    }
}
