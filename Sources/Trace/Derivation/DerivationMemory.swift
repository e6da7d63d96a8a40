// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities

/// What all observations of one derivation may take together, so that it needs no more memory than
/// `MemoryLimits.whole`, however long its captures are.
final class DerivationMemory {
    /// A bin takes up to 230 bytes until its path's trace is made, and the trace's row 104 until it is written.
    static let mostBins = 1_750_000
    /// A connection takes up to 1.5 kB. No walk has more connections.
    private static let mostFlows = 100_000
    /// Round trips take 16 bytes each, and samples of a probe 32.
    private static let mostRoundTrips = 1_000_000
    private static let mostSamples = 2_000_000

    /// The largest number of interfaces with packets in a capture.
    static let mostInterfaces = 64

    private let bin: Duration
    private var interfaces = 0
    private var bins = 0
    private var flows = 0

    init(bin: Duration) {
        self.bin = bin
    }

    /// Counts the interfaces of a capture that have packets, before they are observed.
    func take(interfaces count: Int) {
        interfaces += count
    }

    /// The most round trips of one interface; beyond it, they are a sample of all.
    var roundTrips: Int { max(10_000, Self.mostRoundTrips / max(1, interfaces)) }
    /// The most samples of one direction of a probe; beyond it, neighbours are merged.
    var samples: Int { max(10_000, Self.mostSamples / 2 / max(1, interfaces)) }

    /// Counts a bin in which an interface has packets.
    ///
    /// - Throws: `Fault` (bad input) if there are too many.
    func takeBin() throws {
        bins += 1
        guard bins <= Self.mostBins else {
            throw Fault(
                .badInput,
                "the captures have packets in more than \(Self.mostBins) bins of \(bin.milliseconds.text()) ms, which "
                    + "would take too much memory; choose a longer --bin, or split the captures")
        }
    }

    /// Counts a connection; false if there are too many.
    func takeFlow() -> Bool {
        guard flows < Self.mostFlows else { return false }
        flows += 1
        return true
    }

    /// - Throws: `Fault` (bad input) if the traces of all paths would have too many rows.
    static func check(_ timeline: Timeline, paths: Int, hasProbe: Bool) throws {
        let rows = timeline.bins.count * paths
        // The account of a probe's data takes half as much again.
        guard rows <= (hasProbe ? mostBins * 2 / 3 : mostBins) else {
            throw Fault(
                .badInput,
                "\(timeline.duration.seconds.text()) s on \(paths) path\(paths == 1 ? "" : "s") are \(rows) bins of "
                    + "\(timeline.bin.milliseconds.text()) ms, more than fit into memory; choose a longer "
                    + "--bin, such as \(fitting(timeline, paths).milliseconds.text())ms, or split the captures")
        }
    }

    /// The shortest bin with which all paths fit; one of a second if none does.
    private static func fitting(_ timeline: Timeline, _ paths: Int) -> Duration {
        let all = [2, 5, 10, 20, 50, 100, 200, 500, 1000].map { Duration.milliseconds($0) }
        return all.first { timeline.seconds.count * Int(Duration.seconds(1) / $0) * paths <= mostBins * 2 / 3 }
            ?? .seconds(1)
    }
}
