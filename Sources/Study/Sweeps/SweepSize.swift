// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Replays

/// How much work a sweep is.
struct SweepSize {
    let text: String

    /// About how many seconds of a walk one core executes per second, including everything that is made of a run.
    /// Measured with both engines on a shared machine, for walks of 600 s at some Mb/s.
    private static let kernelSpeed = 75.0
    private static let fluidSpeed = 30_000.0

    init(_ runs: SweepRuns, _ sweep: Sweep, jobs: Int) {
        let same = runs.wanted - runs.distinct.count
        let virtual = runs.distinct.map(\.duration.seconds).reduce(0, +)
        text =
            "\(Self.grid(runs.cells.count, sweep)), \(runs.wanted) runs"
            + (same > 0 ? "; \(same) are the same as others, so \(runs.distinct.count) are to be executed" : "")
            + Self.duration(virtual, at: Self.kernelSpeed, jobs)
    }

    /// With more cells than these, the search for equal runs takes longer than a user would wait for their number.
    static let mostCompared = 1000

    /// For cells that are only counted; all are assumed to be as long as the first.
    init(counting cells: [Int], _ sweep: Sweep, _ engine: SweepEngine.Name, jobs: Int) throws {
        let replay = try cells.first.map(sweep.replay(of:))
        let runs = (replay?.strategies.count ?? 0) * (replay?.seeds ?? 0) * cells.count
        let virtual = (replay?.duration.seconds ?? 0) * Double(runs)
        text =
            "\(Self.grid(cells.count, sweep)), \(runs) runs\(engine == .kernel ? " at most" : "")"
            + Self.duration(virtual, at: engine == .kernel ? Self.kernelSpeed : Self.fluidSpeed, jobs)
    }

    private static func grid(_ cells: Int, _ sweep: Sweep) -> String {
        let sizes = sweep.dimensions.map { "\($0.values.count) \($0.key)" }.joined(separator: " x ")
        return "\(cells) cells" + (sizes.isEmpty ? "" : " (of a grid of \(sizes))")
    }

    private static func duration(_ virtual: Double, at speed: Double, _ jobs: Int) -> String {
        ": \(time(virtual)) of virtual time, about \(time(virtual / speed / Double(max(1, jobs)))) on "
            + "\(jobs) core\(jobs == 1 ? "" : "s") at \(speed.text())x real time each"
    }

    private static func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<120: "\(seconds.text(decimals: 0)) s"
        case ..<7200: "\((seconds / 60).text(decimals: 0)) min"
        case ..<(48 * 3600): "\((seconds / 3600).text(decimals: 1)) h"
        default: "\((seconds / 86400).text(decimals: 1)) days"
        }
    }
}
