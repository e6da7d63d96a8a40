// SPDX-License-Identifier: Apache-2.0
import Quantities

/// An oracle: what could have been transferred on a walk, for comparison with what MPTCP did transfer.
///
/// A bound is one type in one file, and one line of registration: a built-in bound is in the list of ``KnownBounds``,
/// and your own program passes it to ``Walkback/main(adding:bounds:formats:workloads:)``. Its ratio `mptcp/NAME` is
/// then computed, a replay can set a gate on it, and it appears in every table, figure and document.
public protocol Bound: Sendable {
    /// Its name in ratios, gates and documents, such as `capacity-sum`: 1 to 40 of a-z, 0-9 and '-', the first of them
    /// a letter. No other bound may have it, and `optimal` is reserved.
    static var name: BoundName { get }

    /// What MPTCP is compared with, in a few words: the column *against* of the table of ratios.
    static var summary: String { get }

    /// The name of its row in tables and of its line in figures.
    ///
    /// - Parameter window: the replay's window: how long an oracle stays with a path.
    static func label(window: Duration) -> String

    /// What `bytes(of:)` counts. `applicationBytes` unless it says otherwise.
    static var measure: BoundMeasure { get }

    /// Whether it is a form of Optimal TCP. The headline compares MPTCP with the strongest of these. `false` unless it
    /// says otherwise.
    static var isOptimalTCP: Bool { get }

    /// The bound of which this one shows a part. It gets a row below that one's, and no ratio. `nil` unless it says
    /// otherwise.
    static var variantOf: BoundName? { get }

    /// Tables list bounds in rising order of this value, and in order of registration if it is equal. 0 unless it says
    /// otherwise.
    static var rowOrder: Int { get }

    /// The runs that the bound cannot be computed without. None unless it says otherwise.
    ///
    /// - Parameter paths: the names of the walk's paths.
    static func needs(paths: [String]) -> [BoundNeed]

    /// The bytes that could have been transferred by the run's end, in its measure; nil if a run that it needs is
    /// missing.
    ///
    /// For a workload of a fixed size, only bounds in `ipBytes` are asked.
    static func bytes(of walk: MeasuredWalk) -> ByteCount?

    /// When `size` application bytes would have been transferred, since the first SYN; nil: not within the walk, or a
    /// run that it needs is missing. It is asked only for workloads of a fixed size.
    static func completion(of size: ByteCount, in walk: MeasuredWalk) -> Duration?

    /// The id of the run whose bytes were taken in each window of the walk. Empty if the bound does not choose between
    /// runs, which is the default.
    static func choices(in walk: MeasuredWalk) -> [String]
}

extension Bound {
    public static var measure: BoundMeasure { .applicationBytes }
    public static var isOptimalTCP: Bool { false }
    public static var variantOf: BoundName? { nil }
    public static var rowOrder: Int { 0 }
    public static func needs(paths: [String]) -> [BoundNeed] { [] }
    public static func choices(in walk: MeasuredWalk) -> [String] { [] }

    /// The bound's value for this walk; nil if nothing is known.
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
