// SPDX-License-Identifier: Apache-2.0
import Bounds
import Quantities
import Testing

@Suite("Spliced Optimal TCP")
struct SplicedOptimalTests {
    /// A run that delivers `bytes[k]` in every 10 ms of second k.
    static func delivery(_ run: String, _ bytes: [UInt32]) -> Splice.Delivery {
        .init(run: run, delivered: bytes.flatMap { Array(repeating: $0, count: 100) })
    }

    static let windows = OracleWindows(length: .seconds(1), duration: .seconds(4))

    @Test("Every window takes the better path's bytes and names the run that gave them")
    func better() {
        let spliced = Spliced(
            paths: [
                .init(stalled: Self.delivery("tcp-wifi.1", [10, 0, 0, 5])),
                .init(stalled: Self.delivery("tcp-cellular.1", [3, 4, 0, 6])),
            ], windows: Self.windows)
        #expect(spliced.best == ByteCount(2000))
        #expect(spliced.stalled == spliced.best)
        #expect(spliced.reconnecting == nil)
        #expect(spliced.runs == ["tcp-wifi.1", "tcp-cellular.1", "tcp-wifi.1", "tcp-cellular.1"])
    }

    @Test("Each path is carried by one TCP for the whole run, chosen so that Optimal TCP is strongest")
    func variants() {
        let spliced = Spliced(
            paths: [
                .init(
                    stalled: Self.delivery("s", [10, 0, 0, 10]), reconnecting: Self.delivery("r", [9, 0, 8, 0])),
                .init(stalled: Self.delivery("c", [0, 2, 7, 0]), reconnecting: Self.delivery("d", [0, 1, 1, 0])),
            ], windows: Self.windows)
        // s with c: 10 + 2 + 7 + 10. Choosing again in every window would have given 30.
        #expect(spliced.best == ByteCount(2900))
        #expect(spliced.stalled == ByteCount(2900))
        #expect(spliced.reconnecting == ByteCount(1800))
        #expect(spliced.runs == ["s", "c", "c", "s"])
    }

    @Test("A choice of one stalled and one reconnecting TCP may beat both")
    func mixed() {
        let spliced = Spliced(
            paths: [
                .init(stalled: Self.delivery("s", [5, 5, 0, 0]), reconnecting: Self.delivery("r", [1, 1, 0, 0])),
                .init(stalled: Self.delivery("c", [0, 0, 1, 1]), reconnecting: Self.delivery("d", [0, 0, 5, 5])),
            ], windows: Self.windows)
        #expect(spliced.best == ByteCount(2000))
        #expect(spliced.stalled == ByteCount(1200))
        #expect(spliced.reconnecting == ByteCount(1200))
    }

    @Test("Without a run over every path there is no Optimal TCP")
    func missing() {
        let spliced = Spliced(
            paths: [.init(stalled: Self.delivery("s", [5])), .init()], windows: Self.windows)
        #expect(spliced.best == nil)
        #expect(spliced.runs.isEmpty)
        #expect(Spliced(paths: [], windows: Self.windows).best == nil)
    }

    @Test("A series shorter than the run, or with a last bin cut by its end, loses no byte")
    func uneven() {
        let spliced = Spliced(
            paths: [.init(stalled: .init(run: "s", delivered: [1, 1, 7]))],
            windows: OracleWindows(length: .seconds(1), duration: .milliseconds(25)))
        #expect(spliced.best == ByteCount(9))
        let short = Spliced(
            paths: [.init(stalled: .init(run: "s", delivered: [1]))], windows: Self.windows)
        #expect(short.best == ByteCount(1))
    }
}

/// What is spliced from the given paths.
private struct Spliced {
    let best, stalled, reconnecting: ByteCount?
    let runs: [String]

    init(paths: [Splices.Path], windows: OracleWindows) {
        let splices = Splices(paths)
        let best = splices.best(windows)
        self.best = best?.total
        stalled = splices.stalled?.total(windows)
        reconnecting = splices.reconnecting?.total(windows)
        runs = best?.splice.runs(windows) ?? []
    }
}
