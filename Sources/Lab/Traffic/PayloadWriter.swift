// SPDX-License-Identifier: Apache-2.0
/// Sends a part of a payload stream as fast as its connection accepts it.
final class PayloadWriter {
    private let stream: PayloadStream
    private var next: UInt64
    /// The stream may be sent up to this position now.
    var end: UInt64
    /// A part of the stream, of which `piece[pieceStart..<pieceEnd]` has not been sent yet.
    private var piece = [UInt8](repeating: 0, count: 256 * 1024)
    private var pieceStart = 0
    private var pieceEnd = 0

    init(_ stream: PayloadStream, from next: UInt64, to end: UInt64) {
        self.stream = stream
        self.next = next
        self.end = end
    }

    /// Continues with another part of the stream.
    func aim(from next: UInt64, to end: UInt64) {
        (self.next, self.end) = (next, end)
        (pieceStart, pieceEnd) = (0, 0)
    }

    /// Sends as much as the kernel has room for.
    func write(to socket: StreamSocket) -> StreamSocket.Outcome {
        while next < end {
            if pieceStart == pieceEnd {
                pieceStart = 0
                pieceEnd = Int(min(UInt64(piece.count), end - next))
                piece.withUnsafeMutableBytes { stream.fill(.init(rebasing: $0[..<pieceEnd]), from: next) }
            }
            switch piece.withUnsafeBytes({ socket.send(.init(rebasing: $0[pieceStart..<pieceEnd])) }) {
            case .bytes(let count):
                pieceStart += count
                next += UInt64(count)
            case .wouldBlock:
                return .open
            case .ended(let error):
                return .ended(error)
            }
        }
        return .open
    }
}
