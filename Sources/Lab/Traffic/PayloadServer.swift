// SPDX-License-Identifier: Apache-2.0
import System

/// The server's application. It sends each client the parts of its payload stream that the client asks for, and takes
/// and checks the client's uploads, over any number of connections. Like a blocking writer, it writes whenever the
/// kernel reports that there is room again.
package final class PayloadServer {
    /// The server's state for one client, over all its connections. A client is identified by its stream's seed.
    package final class Client {
        fileprivate(set) var uploadingConnection: PayloadConnection?
        let upload: PayloadReader
        /// The connection with the latest request; its counters are the ones that a run records.
        package fileprivate(set) var socket: StreamSocket?
        /// When a paced stream began, on the kernel's monotonic clock; nil if it has not been requested.
        package internal(set) var paceStart: Int64?

        init(seed: UInt64) {
            upload = PayloadReader(.upload(of: seed))
        }

        /// In-order bytes of the upload that have arrived.
        package var received: UInt64 { upload.received }
        /// Offset of the first byte that differed from the upload's stream.
        package var firstDifference: UInt64? { upload.firstDifference }

        /// Takes and checks everything that has arrived; returns the number of bytes that have arrived since the last
        /// call.
        package func drain() -> Int {
            uploadingConnection?.takeUpload()
            return upload.count()
        }
    }

    private let loop: EventLoop
    private let listener: StreamSocket
    private var connections: [Int32: PayloadConnection] = [:]
    private var clients: [UInt64: Client] = [:]
    /// The kernel's answers for the sockets of all connections that have made a request.
    package private(set) var congestionControls: Set<String> = []
    /// Temporary space that uploads pass through.
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 << 20, alignment: 16)

    /// Listens in the calling thread's network namespace, on every address.
    package init(loop: EventLoop, port: UInt16, transport: TransportProtocol, congestionControl: String) throws {
        self.loop = loop
        listener = try StreamSocket(transport, congestionControl: congestionControl)
        try listener.listen(on: "::", port: port)
        try loop.watch(listener.descriptor, for: .readable) { [unowned self] _ in accept() }
    }

    deinit {
        buffer.deallocate()
    }

    /// The client whose stream has this seed, whether or not it has connected yet.
    package func client(_ seed: UInt64) -> Client {
        if let client = clients[seed] { return client }
        let client = Client(seed: seed)
        clients[seed] = client
        return client
    }

    private func accept() {
        while let socket = listener.accept() {
            let connection = PayloadConnection(socket: socket, server: self, loop: loop)
            connections[socket.descriptor] = connection
            do {
                try loop.watch(socket.descriptor, for: [.readable, .writable]) { [unowned self] ready in
                    if !connection.serve(ready) { end(connection) }
                }
            } catch {
                end(connection)
            }
        }
    }

    /// Called when `connection` has made a request. If it uploads, it becomes its client's only uploading connection
    /// and continues where the previous one stopped; data that had arrived over the previous one is taken first.
    func adopt(_ connection: PayloadConnection, by client: Client, uploading: Bool) {
        if client.socket !== connection.socket { congestionControls.insert(connection.socket.congestionControl) }
        client.socket = connection.socket
        guard uploading, client.uploadingConnection !== connection else { return }
        if let previous = client.uploadingConnection {
            previous.takeUpload()
            end(previous)
            previous.socket.abort()
        }
        client.uploadingConnection = connection
    }

    func end(_ connection: PayloadConnection) {
        connection.stopPacing()
        loop.ignore(connection.socket.descriptor)
        connections[connection.socket.descriptor] = nil
        if let client = connection.client, client.uploadingConnection === connection {
            client.uploadingConnection = nil
        }
    }

    package func close() {
        loop.ignore(listener.descriptor)
        for descriptor in connections.keys.sorted() {
            guard let connection = connections[descriptor] else { continue }
            end(connection)
            connection.socket.abort()
        }
    }
}
