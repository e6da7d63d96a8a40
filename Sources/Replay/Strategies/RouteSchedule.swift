// SPDX-License-Identifier: Apache-2.0
import Plans
import Traces

/// The path over which a home address is reached at every instant of a run, decided from the traces before the run.
///
/// Every strategy with a home address moves it by such a schedule. The strategies differ in how much of the future the
/// schedule may have read. Times are on the trace's clock.
package enum RouteSchedule {
    /// Optimal TCP, built: at each window's beginning both ends move to the path that will carry most in it.
    ///
    /// - Parameters:
    ///   - capacity: the capacity of each path in the direction that is measured.
    ///   - span: from the first SYN to the run's end. The first window begins with it.
    ///   - cost: how long nothing is carried after a move.
    package static func optimal(
        capacity: [Curve], span: Range<Duration>, window: Duration, cost: Duration
    ) -> [RouteChange] {
        var changes: [RouteChange] = []
        var present: Int?
        var start = span.lowerBound
        while start < span.upperBound {
            let end = min(start + window, span.upperBound)
            let carried = capacity.map { $0.carried(from: start, to: end) }
            // The present path is kept if no other carries more.
            var best = present ?? 0
            for path in carried.indices where carried[path] > carried[best] { best = path }
            if best != present {
                let isSilent = present != nil && cost > .zero
                if isSilent { changes += both(at: start, nil) }
                changes += both(at: isSilent ? start + cost : start, best)
                present = best
            }
            start = end
        }
        return changes
    }

    /// WiFi First, ideal: both ends move at the very instant at which a preferred path attaches or the present path
    /// detaches.
    package static func ideal(paths: [RunPlan.Path], span: Range<Duration>) -> [RouteChange] {
        let schedule = MobilitySchedule(paths: paths, mobility: Mobility(), offset: span.lowerBound)
        return moves(paths: paths, schedule: schedule, signals: [], from: span.lowerBound).flatMap {
            both(at: $0.time, $0.path)
        }
    }

    /// Mobile IP: the mobile host moves when it has noticed, according to its mobility settings, that a path attached,
    /// detached or became too weak. Its home agent follows once the registration has crossed the new path.
    ///
    /// - Parameter traces: the paths' traces, for signal and delay.
    package static func reactive(
        paths: [RunPlan.Path], traces: [PathTrace], mobility: Mobility, span: Range<Duration>
    ) -> [RouteChange] {
        let schedule = MobilitySchedule(paths: paths, mobility: mobility, offset: span.lowerBound)
        let signals = traces.enumerated().flatMap { index, trace in
            trace.kind == .wifi ? strengthChanges(of: trace, path: index, mobility) : []
        }
        let moves = moves(paths: paths, schedule: schedule, signals: signals, from: span.lowerBound)
        var changes: [RouteChange] = []
        for (index, move) in moves.enumerated() {
            changes.append(RouteChange(time: move.time, end: .mobile, path: move.path))
            guard let path = move.path else { continue }
            // Before the first SYN there was enough time to register.
            let registration =
                index == 0 ? .zero : mobility.registration ?? roundTrip(of: traces[path], at: move.time)
            let heard = move.time + registration
            // A registration that arrives after the next move has no effect.
            if index + 1 < moves.count, moves[index + 1].time <= heard { continue }
            changes.append(RouteChange(time: heard, end: .home, path: path))
        }
        return changes
    }

    private static func both(at time: Duration, _ path: Int?) -> [RouteChange] {
        [RouteChange(time: time, end: .mobile, path: path), RouteChange(time: time, end: .home, path: path)]
    }

    private static func roundTrip(of trace: PathTrace, at time: Duration) -> Duration {
        let sample = trace.samples.last { $0.time <= time } ?? trace.samples.first
        return sample.map { $0.down.delay + $0.up.delay } ?? .zero
    }

    // MARK: - Preferring WiFi

    private struct StrengthChange {
        let time: Duration
        let path: Int
        let isStrong: Bool
    }

    /// A path becomes weak below one threshold and strong again above a higher one. An unknown signal counts as strong.
    private static func strengthChanges(of trace: PathTrace, path: Int, _ mobility: Mobility) -> [StrengthChange] {
        var changes: [StrengthChange] = []
        var isStrong = true
        for sample in trace.samples {
            let threshold = mobility.leaveSignal + (isStrong ? 0 : mobility.signalHysteresis)
            let now = sample.signal.map { $0 >= threshold } ?? true
            if now != isStrong { changes.append(StrengthChange(time: sample.time, path: path, isStrong: now)) }
            isStrong = now
        }
        return changes
    }

    /// Moves to the preferred joined path: a strong one if there is one, otherwise any. The first move is at `start`;
    /// nil: there is no path.
    private static func moves(
        paths: [RunPlan.Path], schedule: MobilitySchedule, signals: [StrengthChange], from start: Duration
    ) -> [(time: Duration, path: Int?)] {
        let order = RunPlan.preference(among: paths)
        var joined = schedule.initiallyAttached
        var strong = paths.map { _ in true }
        func preferred() -> Int? {
            order.first { joined[$0] && strong[$0] } ?? order.first { joined[$0] }
        }
        for change in signals where change.time <= start { strong[change.path] = change.isStrong }
        var moves: [(time: Duration, path: Int?)] = [(start, preferred())]
        var entries = schedule.entries[...]
        var signals = signals.filter { $0.time > start }.sorted { ($0.time, $0.path) < ($1.time, $1.path) }[...]
        while let time = [entries.first?.time, signals.first?.time].compactMap({ $0 }).min() {
            while let entry = entries.first, entry.time == time {
                entries.removeFirst()
                switch entry.action {
                case .join: joined[entry.path] = true
                case .leave: joined[entry.path] = false
                case .fade, .radioUp, .radioDown, .renumber: break
                }
            }
            while let change = signals.first, change.time == time {
                signals.removeFirst()
                strong[change.path] = change.isStrong
            }
            let path = preferred()
            if path != moves[moves.count - 1].path { moves.append((time, path)) }
        }
        return moves
    }
}

extension RunPlan {
    /// The paths' indices in the order in which a host that prefers WiFi uses them.
    package static func preference(among paths: [Path]) -> [Int] {
        paths.indices.filter { paths[$0].kind == .wifi } + paths.indices.filter { paths[$0].kind != .wifi }
    }
}
