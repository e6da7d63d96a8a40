// SPDX-License-Identifier: Apache-2.0
import Glibc
import KernelTier
import Link
import Quantities
import Testing
import Traces

/// In the embedded kernel, compares the link with the curve, and packet by packet with `LinkModel`.
@Suite(.kernelTier, .serialized)
struct LinkTests {
    struct Pattern: CustomTestStringConvertible, Sendable {
        let low: DataRate
        let high: DataRate
        let step: Duration
        let offered: DataRate
        var testDescription: String { "\(low.megabitsPerSecond)/\(high.megabitsPerSecond) Mb/s every \(step)" }

        func table(_ length: Duration) -> LinkTable {
            var rates: [(time: Duration, rate: DataRate)] = []
            var time = Duration.zero
            while time < length {
                rates.append((time, rates.count % 2 == 0 ? low : high))
                time += step
            }
            return LinkTable(
                curve: Curve(rates: rates, end: length),
                conditions: [.init(time: .zero, delay: .zero, loss: 0)], queue: ByteCount(100_000), overhead: .zero)
        }
    }

    @Test(
        "an overloaded link delivers its curve, in total and in every 1 s and 100 ms",
        arguments: [
            Pattern(
                low: .megabitsPerSecond(2), high: .megabitsPerSecond(20), step: .milliseconds(10),
                offered: .megabitsPerSecond(40)),
            Pattern(
                low: .megabitsPerSecond(0.2), high: .megabitsPerSecond(1), step: .milliseconds(10),
                offered: .megabitsPerSecond(2)),
            Pattern(
                low: .zero, high: .megabitsPerSecond(20), step: .milliseconds(500), offered: .megabitsPerSecond(40)),
        ])
    func deliversCurve(_ pattern: Pattern) throws {
        let packet = 1428
        let table = pattern.table(.seconds(12))
        let rig = try Rig(table, span: .seconds(10), packets: 1)
        try rig.overload(rate: pattern.offered, length: packet, until: .seconds(10))
        rig.sleep(until: 10_000_000_000)
        let series = rig.link.series()
        let total = series.arrived.reduce(0) { $0 + Int($1) }
        let expected = table.curve.carried(from: .zero, to: .seconds(10))
        let error = Double(total) / expected - 1
        #expect(abs(error) <= 0.001)
        print("\(pattern.testDescription): \(total) of \(Int(expected)) bytes in 10 s (\(error * 100) %)")
        for window in [100, 10] {
            var worst = 0.0
            for start in 0...(1000 - window) {
                let arrived = series.arrived[start..<(start + window)].reduce(0) { $0 + Int($1) }
                let carried = table.curve.carried(
                    from: .milliseconds(start * 10), to: .milliseconds((start + window) * 10))
                let difference = abs(Double(arrived) - carried)
                worst = max(worst, difference)
                #expect(
                    difference <= Double(packet) + 0.001 * carried, "window of \(window * 10) ms at \(start * 10) ms")
            }
            print("  worst of all \(window * 10) ms windows: \(Int(worst)) bytes")
        }
        #expect(series.idle[1..<1000].allSatisfy { !$0 })
        #expect(try rig.queueViolations() == 0)
        #expect(rig.link.counters.contended.packets == 0)
    }

    /// Each run of a long-lived program would keep megabytes otherwise.
    @Test("a link gives back the memory that it shares with the kernel")
    func givesBackMemory() throws {
        func shared() -> Int {
            guard let file = fopen("/proc/self/maps", "r") else { return -1 }
            defer { fclose(file) }
            var line = [CChar](repeating: 0, count: 4096)
            var count = 0
            while fgets(&line, Int32(line.count), file) != nil { if strstr(line, "bpf") != nil { count += 1 } }
            return count
        }
        let before = shared()
        do {
            let rig = try Rig(
                Pattern(low: .zero, high: .zero, step: .seconds(1), offered: .zero).table(.seconds(1)),
                span: .seconds(1), packets: 1)
            #expect(shared() >= before + 4)
            _ = rig
        }
        #expect(shared() == before)
    }
}
