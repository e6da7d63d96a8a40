// SPDX-License-Identifier: Apache-2.0
import Quantities

/// An oracle: what could have been transferred on a walk, to hold against what MPTCP did transfer.
///
/// A bound is one type in one file, and one line of registration: what is built in stands in the list of `KnownBounds`,
/// a program of your own calls `KnownBounds.add(_:)` before it runs. Its ratio `mptcp/NAME` is then computed, a replay
/// can set a gate on it, and it stands in every table, figure and document.
public protocol Bound: Sendable {
    /// In ratios, gates and documents, as `capacity-sum`.
    static var name: BoundName { get }

    /// What MPTCP is compared with, in a few words: the column *against* of the table of ratios.
    static var summary: String { get }

    /// Names its row in tables and its line in figures.
    ///
    /// - Parameter window: of the replay: how long an oracle stays with a path.
    static func label(window: Duration) -> String

    /// What `bytes(of:)` counts. `applicationBytes` unless it says otherwise.
    static var measure: BoundMeasure { get }

    /// Whether it is an Optimal TCP: the headline compares MPTCP with the strongest of these. `false` unless it says
    /// otherwise.
    static var isOptimalTCP: Bool { get }

    /// The bound of which this one shows a part. It gets a row below that one's, and no ratio. `nil` unless it says
    /// otherwise.
    static var variantOf: BoundName? { get }

    /// Rows of a table are in rising order of this, and where it is equal in order of registration. 0 unless it says
    /// otherwise.
    static var rowOrder: Int { get }

    /// The runs without which it is not known. None unless it says otherwise.
    ///
    /// - Parameter paths: names of the walk's paths.
    static func needs(paths: [String]) -> [BoundNeed]

    /// What could have been transferred until the run's end, in its measure; nil where a run is missing that it needs.
    ///
    /// Of a workload of a fixed size only bounds in `ipBytes` are asked.
    static func bytes(of walk: MeasuredWalk) -> ByteCount?

    /// When `size` application bytes would have been transferred, since the first SYN; nil: not within the walk, or a
    /// run is missing that it needs. Asked of workloads of a fixed size alone.
    static func completion(of size: ByteCount, in walk: MeasuredWalk) -> Duration?

    /// For each window of the walk, the id of the run whose bytes it took. Empty where it does not choose between runs,
    /// and unless it says otherwise.
    static func choices(in walk: MeasuredWalk) -> [String]
}

extension Bound {
    public static var measure: BoundMeasure { .applicationBytes }
    public static var isOptimalTCP: Bool { false }
    public static var variantOf: BoundName? { nil }
    public static var rowOrder: Int { 0 }
    public static func needs(paths: [String]) -> [BoundNeed] { [] }
    public static func choices(in walk: MeasuredWalk) -> [String] { [] }

    /// What it is for this walk; nil where nothing is known.
    package static func value(for walk: MeasuredWalk) -> BoundValue? {
        var value = BoundValue()
        if walk.size == nil || measure == .ipBytes {
            value.amount = bytes(of: walk).map { bytes in
                switch measure {
                case .applicationBytes: .application(bytes)
                case .ipBytes: .ip(bytes, payload: bytes.inFullSegments)
                }
            }
        }
        if let size = walk.size { value.completion = completion(of: size, in: walk) }
        return value.isKnown ? value : nil
    }
}
