// SPDX-License-Identifier: Apache-2.0
import System

/// The server's application: sends each client what it asks for of its payload stream, and takes and checks what it
/// uploads, over any number of connections. It writes whenever the kernel says that there is room again, as a blocking
/// writer would.
package final class PayloadServer {
    /// What the server knows of one client, over all its connections. A client is known by its stream's seed.
    package final class Client {
        fileprivate(set) var uploadingConnection: PayloadConnection?
        let upload: PayloadReader
        /// The connection that asked for something last: the one whose counters a run records.
        package fileprivate(set) var socket: StreamSocket?
        /// When a paced stream began, on the kernel's monotonic clock; nil: it has not been asked for.
        package internal(set) var paceStart: Int64?

        init(seed: UInt64) {
            upload = PayloadReader(.upload(of: seed))
        }

        /// In-order bytes of the upload that have arrived.
        package var received: UInt64 { upload.received }
        /// Offset of the first byte that was not the upload's.
        package var firstDifference: UInt64? { upload.firstDifference }

        /// Takes and checks all that has arrived; returns how many bytes have since this was last called.
        package func drain() -> Int {
            uploadingConnection?.takeUpload()
            return upload.count()
        }
    }

    private let loop: EventLoop
    private let listener: StreamSocket
    private var connections: [Int32: PayloadConnection] = [:]
    private var clients: [UInt64: Client] = [:]
    /// What the kernel said of the socket of every connection that asked for something.
    package private(set) var congestionControls: Set<String> = []
    /// Where uploads pass through.
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

    /// The client whose stream has this seed, whether it has come already or not.
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

    /// `connection` has asked for something. Where it uploads, it is the only one from now on that does so for its
    /// client, from where the one before left off: what had arrived over that one is taken first.
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
