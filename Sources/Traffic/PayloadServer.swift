import Units

/// The server's application: answers a request for bytes of the payload stream with those bytes, for any number of
/// connections. It writes whenever the kernel says that there is room again, as a blocking writer would.
package final class PayloadServer {
    package static let port: UInt16 = 5001

    /// What a client asks for: two little-endian words.
    struct Request {
        static let size = 16
        /// The first byte that is wanted.
        var offset: UInt64
        /// The first byte that is no longer wanted.
        var end: UInt64

        var encoded: [UInt8] { withUnsafeBytes(of: (offset.littleEndian, end.littleEndian)) { Array($0) } }

        init(offset: UInt64, end: UInt64) {
            self.offset = offset
            self.end = end
        }

        init(_ bytes: [UInt8]) {
            (offset, end) = bytes.withUnsafeBytes {
                (
                    UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)),
                    UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                )
            }
        }
    }

    private let loop: EventLoop
    private let stream: PayloadStream
    private let listener: StreamSocket
    private var connections: [Int32: Connection] = [:]
    /// The connection that was accepted last: the one whose counters a run records.
    package private(set) var latest: StreamSocket?

    /// Listens in the calling thread's network namespace, on every address.
    package init(loop: EventLoop, stream: PayloadStream, transport: TransportProtocol, congestionControl: String) throws
    {
        self.loop = loop
        self.stream = stream
        listener = try StreamSocket(transport, congestionControl: congestionControl)
        try listener.listen(on: "::", port: Self.port)
        try loop.watch(listener.descriptor, for: .readable) { [unowned self] _ in accept() }
    }

    private func accept() {
        while let socket = listener.accept() {
            latest = socket
            let connection = Connection(socket: socket, stream: stream)
            connections[socket.descriptor] = connection
            do {
                try loop.watch(socket.descriptor, for: [.readable, .writable]) { [unowned self] _ in
                    if !connection.serve() { end(connection) }
                }
            } catch {
                end(connection)
            }
        }
    }

    private func end(_ connection: Connection) {
        loop.ignore(connection.socket.descriptor)
        connections[connection.socket.descriptor] = nil
    }

    package func close() {
        loop.ignore(listener.descriptor)
        for connection in connections.values {
            loop.ignore(connection.socket.descriptor)
            connection.socket.abort()
        }
        connections = [:]
    }

    /// One connection: first its request, then its share of the stream.
    private final class Connection {
        let socket: StreamSocket
        private let stream: PayloadStream
        private var request: [UInt8] = []
        private var next: UInt64 = 0
        private var end: UInt64 = 0
        /// A piece of the stream, of which `piece[pieceStart...]` has yet to be sent.
        private var piece = [UInt8](repeating: 0, count: 256 * 1024)
        private var pieceStart: Int

        init(socket: StreamSocket, stream: PayloadStream) {
            self.socket = socket
            self.stream = stream
            pieceStart = piece.count
        }

        /// False when the connection is over.
        func serve() -> Bool {
            if request.count < Request.size {
                guard readRequest() else { return false }
                if request.count < Request.size { return true }
            }
            return write()
        }

        private func readRequest() -> Bool {
            var buffer = [UInt8](repeating: 0, count: Request.size - request.count)
            switch buffer.withUnsafeMutableBytes(socket.receive) {
            case .bytes(let count):
                request += buffer.prefix(count)
            case .wouldBlock:
                return true
            case .ended:
                return false
            }
            if request.count == Request.size {
                let wanted = Request(request)
                (next, end) = (wanted.offset, wanted.end)
            }
            return true
        }

        private func write() -> Bool {
            while next < end {
                if pieceStart == piece.count {
                    piece.withUnsafeMutableBytes { stream.fill($0, from: next) }
                    pieceStart = 0
                }
                let count = Int(min(UInt64(piece.count - pieceStart), end - next))
                let sent = piece.withUnsafeBytes {
                    socket.send(UnsafeRawBufferPointer(rebasing: $0[pieceStart..<pieceStart + count]))
                }
                switch sent {
                case .bytes(let count):
                    pieceStart += count
                    next += UInt64(count)
                case .wouldBlock:
                    return true
                case .ended:
                    return false
                }
            }
            return true
        }
    }
}
