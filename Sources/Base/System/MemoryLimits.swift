// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities

/// How much memory inputs may take. Every other limit on the size of an input follows from these, and SECURITY.md
/// states them.
public enum MemoryLimits {
    /// What a command takes at most to read its inputs and to write what it makes of them, whatever they hold. This is
    /// the sum of the limits below, of the largest temporary copies and of the program itself.
    public static let whole = ByteCount(500_000_000)

    /// The largest file that is read whole: a trace, an event log, a result. Captures are not read whole.
    public static let file = ByteCount(150_000_000)

    /// What the traces of one walk may take: rows, opportunities to send a packet, and the links' curves.
    public static let walk = ByteCount(260_000_000)
}

/// Adds up what the traces of one walk will take, before they are read or made.
public struct WalkMemory: Sendable {
    private var taken = ByteCount.zero

    /// Nothing is taken yet.
    public init() {}

    /// Adds what one trace will take.
    ///
    /// - Parameters:
    ///   - place: the file or the option to which the message refers.
    ///   - content: what takes the memory, with its number, as in `7200000 rows`.
    ///   - remedy: how to make it less, as the end of a sentence.
    /// - Throws: ``Fault`` (bad input) if the walk would then take more than ``MemoryLimits/walk``.
    public mutating func take(_ size: ByteCount, _ place: String, _ content: String, _ remedy: String) throws {
        // Both are below 2^62, because `count(_:each:)` limits each size.
        taken = taken + size
        guard taken <= MemoryLimits.walk else {
            throw Fault.input(
                place,
                "\(content) would take the memory for this walk to \(taken.megabytes.text(decimals: 0)) MB, and "
                    + "walkback takes at most \(MemoryLimits.walk.megabytes.text()) MB for a walk; \(remedy)")
        }
    }

    /// The memory for a number of things of one size. A number that does not fit becomes a very large size.
    public static func count(_ number: Double, each size: Int) -> ByteCount {
        ByteCount(Int64(min(1e17, max(0, number) * Double(size))))
    }
}
