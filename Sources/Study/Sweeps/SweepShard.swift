// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents

/// Part K of N of a grid. A part holds neighbouring cells, which have most runs in common.
package struct SweepShard: Sendable, Equatable {
    package let part: Int
    package let parts: Int

    /// - Throws: `Fault` (usage) if the text is not `K/N` with K from 1 to N.
    package init(_ text: String) throws {
        let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let part = numbers[0], let parts = numbers[1], parts >= 1, (1...parts).contains(part)
        else {
            throw Fault(
                .usage, "--shard '\(text.prefix(40))' is not a part; write it as K/N with K from 1 to N, like 1/4")
        }
        self.part = part
        self.parts = parts
    }

    package var text: String { "\(part)/\(parts)" }

    /// The cells of this part, of `count` in all; the sizes of parts differ by at most one cell.
    package func cells(of count: Int) -> Range<Int> {
        // Avoids a product, which could overflow with a number of parts from the command line.
        let (size, rest) = count.quotientAndRemainder(dividingBy: parts)
        let start = (part - 1) * size + min(part - 1, rest)
        return start..<start + size + (part <= rest ? 1 : 0)
    }
}
