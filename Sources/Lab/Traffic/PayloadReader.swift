// SPDX-License-Identifier: Apache-2.0
/// Takes a payload stream from its connections, one after the other, and checks every byte of it.
final class PayloadReader {
    let stream: PayloadStream
    /// In-order bytes of the stream that have arrived.
    private(set) var received: UInt64 = 0
    /// Offset of the first byte that was not the stream's.
    private(set) var firstDifference: UInt64?
    private var counted: UInt64 = 0

    init(_ stream: PayloadStream) {
        self.stream = stream
    }

    /// Takes all that has arrived, at most up to `end`.
    ///
    /// - Parameter buffer: for the bytes on their way.
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
                // A short read has emptied the socket: asking again would cost a system call and bring nothing.
                if count < room.count { return .open }
            case .wouldBlock:
                return .open
            case .ended(let error):
                return .ended(error)
            }
        }
        return .open
    }

    /// How many bytes have been taken since this was last asked.
    func count() -> Int {
        defer { counted = received }
        return Int(received - counted)
    }
}
