// SPDX-License-Identifier: Apache-2.0
import Bounds
import Quantities
import Testing
import Traces

@Suite("Capacity bounds")
struct CapacityBoundsTests {
    /// 8 Mb/s is a megabyte a second.
    static let rising = Curve(
        rates: [(.zero, .megabitsPerSecond(8)), (.seconds(10), .megabitsPerSecond(24))], end: .seconds(40))
    static let falling = Curve(
        rates: [(.zero, .megabitsPerSecond(16)), (.seconds(20), .zero)], end: .seconds(40))

    @Test("Sum, best path and best window of two known links")
    func known() {
        let bounds = CapacityBounds(
            curves: [Self.rising, Self.falling], offset: .zero,
            windows: OracleWindows(length: .seconds(1), duration: .seconds(30)))
        // Rising carries 10 x 1 + 20 x 3 MB and falling 20 x 2 MB. The better of each second: 10 x 2 + 20 x 3 MB.
        #expect(bounds.sum == ByteCount(110_000_000))
        #expect(bounds.bestStatic == ByteCount(70_000_000))
        #expect(bounds.optimal == ByteCount(80_000_000))
    }

    @Test("The span is the run's, from its offset on and as long as the run")
    func offset() {
        let bounds = CapacityBounds(
            curves: [Self.rising], offset: .milliseconds(9_500),
            windows: OracleWindows(length: .seconds(10), duration: .seconds(1)))
        #expect(bounds.sum == ByteCount(2_000_000))
        #expect(bounds.optimal == bounds.sum)
    }

    @Test("Windows are averaged over whole-second shifts, partial ones included")
    func shifts() {
        let windows = OracleWindows(length: .seconds(10), duration: .seconds(25))
        #expect(windows.shifts == (0..<10).map { .seconds($0) })
        #expect(windows.edges(shift: .zero) == [.zero, .seconds(10), .seconds(20), .seconds(25)])
        #expect(windows.edges(shift: .seconds(7)) == [.zero, .seconds(7), .seconds(17), .seconds(25)])
        // Two links take turns of 5 s over 20 s. Windows of 10 s gain something only if they are shifted.
        let turns = [0, 1].map { first in
            Curve(
                rates: (0..<4).map { (.seconds($0 * 5), .megabitsPerSecond($0 % 2 == first ? 8 : 0)) },
                end: .seconds(20))
        }
        let bounds = CapacityBounds(
            curves: turns, offset: .zero, windows: OracleWindows(length: .seconds(10), duration: .seconds(20)))
        // With a shift of s the windows are [0, s), [s, s+10), [s+10, 20). By hand, for s = 0 ... 9:
        let totals: [Double] = [10, 11, 12, 13, 14, 15, 14, 13, 12, 11]
        #expect(bounds.optimal == ByteCount(Int64(totals.reduce(0, +) / 10 * 1e6)))
    }

    @Test("A window shorter than a second has one shift, one of 2.5 s three")
    func shortWindows() {
        #expect(OracleWindows(length: .milliseconds(100), duration: .seconds(1)).shifts == [.zero])
        #expect(OracleWindows(length: .milliseconds(2_500), duration: .seconds(9)).shifts.count == 3)
    }

    @Test("Without paths or without time there are no bytes")
    func nothing() {
        let windows = OracleWindows(length: .seconds(10), duration: .zero)
        #expect(CapacityBounds(curves: [Self.rising], offset: .zero, windows: windows).sum == .zero)
        #expect(CapacityBounds(curves: [], offset: .zero, windows: windows).optimal == .zero)
    }

    @Test("Full-size segments carry 1448 of 1500 bytes")
    func payload() {
        #expect(ByteCount(1_500_000).inFullSegments == ByteCount(1_448_000))
    }
}

/// The three bounds from the traces.
struct CapacityBounds {
    let sum, optimal, bestStatic: ByteCount

    init(curves: [Curve], offset: Duration, windows: OracleWindows) {
        let links = Self.links(curves, offset)
        sum = CapacitySum.bytes(links, windows)
        optimal = CapacityOptimal.bytes(links, windows)
        bestStatic = BestStatic.bytes(links, windows)
    }

    static func links(_ curves: [Curve], _ offset: Duration) -> [WalkLink] {
        curves.enumerated().map { WalkLink(path: "\($0)", curve: $1, offset: offset) }
    }
}
