// SPDX-License-Identifier: Apache-2.0
/// Reads a payload stream from its connections, one after the other, and checks every byte of it.
final class PayloadReader {
    let stream: PayloadStream
    /// In-order bytes of the stream that have arrived.
    private(set) var received: UInt64 = 0
    /// Offset of the first byte that differed from the stream.
    private(set) var firstDifference: UInt64?
    private var counted: UInt64 = 0

    init(_ stream: PayloadStream) {
        self.stream = stream
    }

    /// Takes everything that has arrived, up to `end`.
    ///
    /// - Parameter buffer: temporary space for the bytes.
    func take(
        from socket: StreamSocket, upTo end: UInt64, through buffer: UnsafeMutableRawBufferPointer
    ) -> StreamSocket.Outcome {
        while received < end {
            let room = UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<Int(min(UInt64(buffer.count), end - received))])
            switch socket.receive(room) {
            case .bytes(let count):
                let taken = UnsafeRawBufferPointer(rebasing: room[..<count])
                if firstDifference == nil, let index = stream.firstDifference(in: taken, from: received) {
                    firstDifference = received + UInt64(index)
                }
                received += UInt64(count)
                // A short read has emptied the socket: reading again would cost a system call and return nothing.
                if count < room.count { return .open }
            case .wouldBlock:
                return .open
            case .ended(let error):
                return .ended(error)
            }
        }
        return .open
    }

    /// The number of bytes taken since this was last called.
    func count() -> Int {
        defer { counted = received }
        return Int(received - counted)
    }
}
