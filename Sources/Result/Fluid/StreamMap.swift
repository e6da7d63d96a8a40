// SPDX-License-Identifier: Apache-2.0
/// Which part of the connection's stream went over which subflow, in the order of the stream. Only the part that has
/// not been acknowledged yet is kept.
struct StreamMap {
    private struct Chunk {
        var subflow: Int
        /// The end of the chunk in the subflow's own stream.
        var end: Double
        var bytes: Double
    }

    private var chunks: [Chunk] = []
    private var first = 0
    /// Bytes of the first chunk that have arrived.
    private var begun = 0.0
    private(set) var outstanding = 0.0

    mutating func append(_ bytes: Double, over subflow: Int, end: Double) {
        outstanding += bytes
        if chunks.count > first, chunks[chunks.count - 1].subflow == subflow {
            chunks[chunks.count - 1].end = end
            chunks[chunks.count - 1].bytes += bytes
        } else {
            if first > 4096 {
                chunks.removeFirst(first)
                first = 0
            }
            chunks.append(Chunk(subflow: subflow, end: end, bytes: bytes))
        }
    }

    /// Removes what has arrived in order.
    ///
    /// - Parameter whole: for each subflow, the position up to which its own stream has arrived.
    /// - Returns: the number of bytes removed.
    mutating func take(_ whole: [Double]) -> Double {
        var taken = 0.0
        while first < chunks.count {
            let chunk = chunks[first]
            guard chunk.subflow >= 0 else { break }
            let here = min(chunk.bytes, chunk.bytes - (chunk.end - whole[chunk.subflow]))
            if here > begun {
                taken += here - begun
                begun = here
            }
            guard chunk.bytes - begun < 0.5 else { break }
            first += 1
            begun = 0
        }
        outstanding = max(0, outstanding - taken)
        return taken
    }

    /// Bytes that a subflow still had to deliver are now on no subflow.
    mutating func lose(_ subflow: Int) {
        for index in first..<max(first, chunks.count) where chunks[index].subflow == subflow {
            chunks[index].subflow = -1
        }
    }

    /// Sends everything outstanding once more, over `subflow` from `start` of its stream on. Bytes that another subflow
    /// still carries are expected on that one first.
    mutating func reinject(over subflow: Int, start: Double) {
        var position = start
        for index in first..<max(first, chunks.count) {
            position += chunks[index].bytes - (index == first ? begun : 0)
            guard chunks[index].subflow < 0 else { continue }
            chunks[index].subflow = subflow
            chunks[index].end = position
        }
    }

    /// Sends the first outstanding bytes, up to `limit`, once more, over `subflow` from `start` of its stream on.
    ///
    /// - Returns: the number of bytes sent again.
    mutating func reinjectFirst(over subflow: Int, start: Double, limit: Double) -> Double {
        guard first < chunks.count else { return 0 }
        let rest = chunks[first].bytes - begun
        let part = min(rest, limit)
        let again = Chunk(subflow: subflow, end: start + part, bytes: part)
        begun = 0
        if part == rest {
            chunks[first] = again
        } else {
            chunks[first].bytes = rest - part
            chunks.insert(again, at: first)
        }
        return part
    }
}
