import SystemPackage
import Units

/// The mobile host's application: fetches the payload stream over one connection at a time and checks every byte of it.
///
/// It reads once a tick rather than at every packet, since a wake-up costs more real time in the guest than a packet does.
/// SO_RCVLOWAT keeps that from narrowing the receive window.
package final class Download {
    package enum State: Equatable {
        case idle
        case connecting
        case established
        /// All that was wanted has arrived.
        case complete
        /// The connection is gone; why, as the kernel says (nil: the server closed it).
        case lost(Errno?)
    }

    package private(set) var state = State.idle
    /// In-order bytes of the stream that have arrived, over all connections.
    package private(set) var received: UInt64 = 0
    /// Offset of the first byte that was not the stream's.
    package private(set) var firstDifference: UInt64?
    package private(set) var socket: StreamSocket?
    package var stateChanged: ((State) -> Void)?

    private let loop: EventLoop
    private let stream: PayloadStream
    private let end: UInt64
    private var buffer: UnsafeMutableRawBufferPointer

    /// - Parameter size: how much is wanted; nil for as much as comes.
    package init(loop: EventLoop, stream: PayloadStream, size: ByteCount?) {
        self.loop = loop
        self.stream = stream
        end = size.map { UInt64($0.bytes) } ?? .max
        buffer = .allocate(byteCount: 2 << 20, alignment: 16)
    }

    deinit {
        buffer.deallocate()
    }

    /// Starts a connection over `socket`, which must be unconnected, for what has not arrived yet. One that was open before
    /// is aborted.
    package func connect(_ socket: StreamSocket, to address: String) throws {
        abandon()
        self.socket = socket
        change(to: .connecting)
        if let error = socket.connect(to: address, port: PayloadServer.port) {
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
        let request = PayloadServer.Request(offset: received, end: end).encoded
        guard request.withUnsafeBytes(socket.send) == .bytes(request.count) else {
            change(to: .lost(socket.pendingError))
            return
        }
        do {
            // A megabyte is more than any path here delivers in a tick.
            try socket.setReceiveLowWater(ByteCount(1 << 20))
        } catch {
            change(to: .lost(nil))
            return
        }
        change(to: .established)
    }

    /// Takes and checks all that has arrived; returns how many bytes that was.
    package func drain() -> Int {
        guard state == .established, let socket else { return 0 }
        let before = received
        while true {
            switch socket.receive(buffer) {
            case .bytes(let count):
                let taken = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                if firstDifference == nil, let index = stream.firstDifference(in: taken, from: received) {
                    firstDifference = received + UInt64(index)
                }
                received += UInt64(count)
                if received >= end { change(to: .complete) }
                // A short read has emptied the socket: asking again would cost a system call and bring nothing.
                if count == buffer.count, state == .established { continue }
            case .wouldBlock:
                break
            case .ended(let error):
                change(to: .lost(error))
            }
            return Int(received - before)
        }
    }

    /// Aborts the present connection, if there is one.
    package func abandon() {
        guard let socket else { return }
        loop.ignore(socket.descriptor)
        socket.abort()
        self.socket = nil
        state = .idle
    }

    private func change(to state: State) {
        self.state = state
        stateChanged?(state)
    }
}
