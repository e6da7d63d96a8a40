import Units

/// How much a sweep has to do.
struct SweepSize {
    let text: String

    /// What the embedded kernel makes of 600 s at about 1 Mb/s on one core of the machine it was measured on: boot and all.
    static let assumedSpeed = 60.0

    init(_ runs: SweepRuns, dimensions: [Sweep.Dimension], jobs: Int) {
        let virtual = runs.distinct.map(\.duration.seconds).reduce(0, +)
        let real = virtual / Self.assumedSpeed / Double(max(1, jobs))
        let sizes = dimensions.map { "\($0.values.count) \($0.key)" }.joined(separator: " x ")
        let grid = sizes.isEmpty ? "" : " (of a grid of \(sizes))"
        let same = runs.wanted - runs.distinct.count
        text =
            "\(runs.cells.count) cells\(grid), \(runs.wanted) runs"
            + (same > 0 ? ", \(same) of them the same as others" : "")
            + ": \(runs.distinct.count) to execute, \(Self.time(virtual)) of virtual time, about \(Self.time(real)) on "
            + "\(jobs) core\(jobs == 1 ? "" : "s") at \(Self.assumedSpeed.text())x real time each"
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
