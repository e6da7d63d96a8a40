// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import KernelTier
import Plans
import Quantities
import Testing

/// Every acknowledgement that the kernel acted on is compared with the papers' formulas.
@Suite(.kernelTier, .serialized) struct `Coupled congestion control` {
    /// One path with two subflows, a long path and a lossy path.
    private static func paths(far: DataRate, _ roundTrip: Duration) -> [CoupledRig.Path] {
        [
            CoupledRig.Path(
                name: "near", rate: .megabitsPerSecond(8), roundTrip: .milliseconds(20), queue: ByteCount(50_000),
                subflows: 2),
            CoupledRig.Path(name: "far", rate: far, roundTrip: roundTrip, queue: far.bytes(in: roundTrip)),
            CoupledRig.Path(
                name: "lossy", rate: .megabitsPerSecond(20), roundTrip: .milliseconds(40),
                queue: ByteCount(100_000), loss: 0.005),
        ]
    }

    private func trace(_ control: String, over paths: [CoupledRig.Path]) throws -> CoupledTrace {
        try CoupledTrace {
            let (record, _) = try CoupledRig.execute(.mptcp, over: paths, control: control, seconds: 30)
            #expect(record.verified && record.failure == nil)
            #expect(record.congestionControl == control)
            // The kernel takes subflows apart in a separate worker.
            usleep(1_000_000)
        }
    }

    /// The kernel rounds down: each subflow's window at the best path's round trip by less than 2^-10 packets, the
    /// result of these likewise, and the increase by 2^-24.
    private func bounds(
        _ paths: [CoupledModel.Path], acked: Double, of path: CoupledModel.Path, least: Double
    ) -> ClosedRange<Double> {
        let unit = 1.0 / 1024
        let sum = paths.map { $0.window * path.roundTrip / $0.roundTrip }.reduce(0, +)
        let rounded = max(0, sum - Double(paths.count) * unit)
        let (most, fewest) = (sum * sum / path.window, max(0, rounded * rounded / path.window - unit))
        let growth = 1 / CoupledTrace.unit
        return (acked / max(most, least) - growth)...(acked / max(fewest, least))
    }

    @Test func `of RFC 6356 adds to windows what the RFC says, at every acknowledgement`() throws {
        // The far path is so long that its window is larger than what the others ask of it. There LIA acts as Reno.
        let trace = try trace("lia", over: Self.paths(far: .megabitsPerSecond(12), .milliseconds(300)))
        var (coupled, uncoupled, withAll) = (0, 0, 0)
        for one in trace.acknowledgements {
            let paths = one.paths.map(\.path)
            let index = try #require(one.index)
            let model = CoupledModel.lia(paths, of: index, acked: one.acked)
            let best = try #require(
                paths.max { $0.window / ($0.roundTrip * $0.roundTrip) < $1.window / ($1.roundTrip * $1.roundTrip) })
            let allowed = bounds(paths, acked: one.acked, of: best, least: paths[index].window)
            // If two paths are equal to within 2^-10 packets, the kernel may take either as the best.
            let tie = 1 - 1 / 1024 / best.window
            let increase = Double(one.increase) / CoupledTrace.unit
            #expect((allowed.lowerBound * tie...allowed.upperBound).contains(increase), "\(one)")
            #expect(abs(increase - model) <= allowed.upperBound - allowed.lowerBound * tie, "\(one)")
            if model < one.acked / paths[index].window * 0.99 { coupled += 1 } else { uncoupled += 1 }
            if paths.count == 4 { withAll += 1 }
        }
        print("lia: \(trace.acknowledgements.count) acknowledgements, \(coupled) coupled, \(uncoupled) as Reno's")
        #expect(coupled > 1000 && uncoupled > 10 && withAll > 1000)
        expectWindows(trace)
    }

    @Test func `of Khalili and others adds and takes what their paper says, at every acknowledgement`() throws {
        let trace = try trace("olia", over: Self.paths(far: .megabitsPerSecond(4), .milliseconds(90)))
        var (moved, taken, kept) = (0, 0, 0)
        for one in trace.acknowledgements {
            let paths = one.paths.map(\.path)
            let index = try #require(one.index)
            let own = paths[index]
            let model = CoupledModel.olia(paths, of: index, acked: one.acked)
            let allowed = bounds(paths, acked: one.acked, of: own, least: 0)
            let increase = Double(one.increase) / CoupledTrace.unit
            let rounding = allowed.upperBound - allowed.lowerBound + 1 / CoupledTrace.unit
            #expect(abs(increase - model) <= rounding, "\(one)")
            let rate = paths.map { $0.window / $0.roundTrip }.reduce(0, +)
            let alone = own.window / (own.roundTrip * own.roundTrip) / (rate * rate) * one.acked
            if model > alone { moved += 1 } else if model < alone { taken += 1 } else { kept += 1 }
        }
        print(
            "olia: \(trace.acknowledgements.count) acknowledgements, \(moved) add more, \(taken) less, \(kept) neither")
        #expect(moved > 100 && taken > 100 && kept > 100)
        expectWindows(trace)
    }

    /// Expects every window to be the one before plus the increase, and the next to go on from there unless there was a
    /// loss or slow start.
    private func expectWindows(_ trace: CoupledTrace) {
        var last: [String: (packets: Int64, part: Int64)] = [:]
        var carried = 0
        for one in trace.acknowledgements {
            let before = one.window.packets << 24 + one.window.part
            let after = one.after.packets << 24 + one.after.part
            #expect(after == max(before + one.increase, 1 << 24), "\(one)")
            if let last = last[one.socket] {
                #expect(one.window.part == last.part || one.window.part == 0, "\(one)")
                if one.window == last { carried += 1 }
            }
            last[one.socket] = one.after
        }
        #expect(carried > trace.acknowledgements.count * 9 / 10)
        // No group is left of a connection.
        #expect(trace.groups.made > 0 && trace.groups.made == trace.groups.gone)
    }
}
