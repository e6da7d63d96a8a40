// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Traces

/// What a bound is computed from: the traces of a walk, and the runs of one seed in one direction.
///
/// Times count from the first SYN, which is the same instant of the walk in all of these runs.
public struct MeasuredWalk: Sendable {
    /// What one connection delivered.
    public struct Run: Sendable {
        /// The run's id, as in comparison.json: `tcp-wifi.1`.
        public let id: String
        /// The strategy's name, such as `tcp-wifi`.
        public let strategy: String
        /// The time from the first SYN until the run's end, or until everything had been transferred.
        public let duration: Duration
        /// In-order application bytes.
        public let delivered: ByteCount
        /// What happened in every 10 ms.
        public let series: Series

        /// Creates a run; each parameter is the property of the same name.
        public init(id: String, strategy: String, duration: Duration, delivered: ByteCount, series: Series) {
            self.id = id
            self.strategy = strategy
            self.duration = duration
            self.delivered = delivered
            self.series = series
        }

        /// When it had transferred `size`; nil: not by its end.
        public func completion(of size: ByteCount) -> Duration? { delivered >= size ? duration : nil }
    }

    /// The seed of all the runs.
    public let seed: UInt64
    /// The direction whose bytes the bound counts.
    public let direction: Direction
    /// One trace for each path, on the walk's clock.
    public let traces: [PathTrace]
    /// The time of the first SYN on the walk's clock.
    public let offset: Duration
    /// The time from the first SYN until the end of the longest run.
    public let duration: Duration
    /// How long an oracle stays with a path, as set in the replay.
    public let window: Duration
    /// The application bytes to transfer; nil: as many as fit into the run.
    public let size: ByteCount?
    /// The runs, in no particular order.
    public let runs: [Run]
    /// One link for each path, in this direction.
    public let links: [WalkLink]

    /// Creates a walk; each parameter is the property of the same name, and ``links`` follow from the traces.
    public init(
        seed: UInt64, direction: Direction, traces: [PathTrace], offset: Duration, duration: Duration, window: Duration,
        size: ByteCount?, runs: [Run]
    ) {
        self.seed = seed
        self.direction = direction
        self.traces = traces
        self.offset = offset
        self.duration = duration
        self.window = window
        self.size = size
        self.runs = runs
        links = traces.map { WalkLink(path: $0.name, curve: $0.curve(direction), offset: offset) }
    }

    /// The run of a strategy; nil if it was not run.
    ///
    /// - Parameter strategy: its name, such as `optimal-built`.
    public func run(of strategy: String) -> Run? { runs.first { $0.strategy == strategy } }

    /// The run of single-path TCP as the kernel leaves it; nil if it was not run.
    public func tcp(over path: String) -> Run? { run(of: "\(StrategyName.tcp(path: path))") }

    /// The run of single-path TCP that reconnects when its path is back; nil if it was not run.
    public func reconnectingTCP(over path: String) -> Run? { run(of: "\(StrategyName.tcpReconnect(path: path))") }

    /// The replay's windows, from the first SYN to the end of the longest run.
    public var windows: OracleWindows { OracleWindows(length: window, duration: duration) }

    /// The replay's windows, from the first SYN to the walk's end, for a transfer that is not finished when the runs
    /// end.
    public var windowsOfWalk: OracleWindows {
        OracleWindows(length: window, duration: (traces.map(\.duration).min() ?? .zero) - offset)
    }
}

/// What one path of a walk could have carried in one direction, in IP bytes. Times count from the first SYN.
///
/// These are the times at which bytes leave the bottleneck. The bytes of the last delay would arrive after the end.
public struct WalkLink: Sendable {
    /// The path's name.
    public let path: String
    /// The capacity curve, on the walk's clock.
    public let curve: Curve
    /// The time of the first SYN on the walk's clock.
    public let offset: Duration

    /// Creates a link; each parameter is the property of the same name.
    public init(path: String, curve: Curve, offset: Duration) {
        self.path = path
        self.curve = curve
        self.offset = offset
    }

    /// The IP bytes, with the fraction, that it could have carried in a span.
    public func carried(in span: Range<Duration>) -> Double {
        curve.carried(from: offset + span.lowerBound, to: offset + span.upperBound)
    }

    /// When it has carried this many IP bytes since `start`; nil: not before `end`.
    public func time(carrying amount: Double, from start: Duration, until end: Duration) -> Duration? {
        let before = curve.position(at: offset + start)
        let units = UInt64((amount * Double(Curve.Position.unitsPerByte)).rounded(.up))
        guard let time = curve.time(reaching: .init(units: before.units + units)) else { return nil }
        return time - offset <= end ? time - offset : nil
    }
}
