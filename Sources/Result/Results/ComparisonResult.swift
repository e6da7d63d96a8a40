// SPDX-License-Identifier: Apache-2.0
import Bounds
import Plans
import Quantities
import Traces

/// Everything a comparison found: the one place from which comparison.json, the table, series.csv and the report are
/// written, so that they cannot disagree. All values are in the units of their types; nothing here depends on real
/// time.
package struct ComparisonResult: Sendable {
    package struct Replay: Sendable, Equatable {
        package var name: String
        /// Of the replay file and of every trace it names.
        package var sha256: String
        /// Of paths, traces and workload without settings: results that share it can be compared.
        package var walkSHA256: String
        package var duration: Duration
        /// The paths' traces, for plots.
        package var traces: [PathTrace]
        /// One for each of `traces`; empty of a result that was read back and does not say.
        package var pathSettings: [PathSettings]
        package var workload: Workload

        package init(
            name: String, sha256: String, walkSHA256: String = "", duration: Duration, traces: [PathTrace],
            pathSettings: [PathSettings], workload: Workload = Workload()
        ) {
            self.name = name
            self.sha256 = sha256
            self.walkSHA256 = walkSHA256
            self.duration = duration
            self.traces = traces
            self.pathSettings = pathSettings
            self.workload = workload
        }
    }

    /// What the replay sets for one path.
    package struct PathSettings: Sendable, Equatable {
        package var family: RunPlan.AddressFamily
        package var subflows: Int
        /// On the trace's clock.
        package var addressChanges: [Duration]

        package init(family: RunPlan.AddressFamily, subflows: Int, addressChanges: [Duration]) {
            self.family = family
            self.subflows = subflows
            self.addressChanges = addressChanges
        }
    }

    package struct Environment: Sendable, Equatable {
        package var walkback: String
        package var kernelRelease: String
        package var kernelPatches: [String]
        /// The kernel's answer in the runs, as `RunRecord.congestionControl`. Several names where the runs disagree,
        /// nil where no run had a connection. `settings` has what was asked for.
        package var congestionControl: String?
        package var scheduler: String
        package var sysctls: [String: String]
        package var settings: ReplaySettings
        /// Settings that the file of this result lacks, as `environment.mobility.registration_s`. The values that stand
        /// here for them mean nothing.
        package var notRecorded: [String] = []

        package init(
            walkback: String, kernelRelease: String, kernelPatches: [String], congestionControl: String?,
            scheduler: String, sysctls: [String: String], settings: ReplaySettings
        ) {
            self.walkback = walkback
            self.kernelRelease = kernelRelease
            self.kernelPatches = kernelPatches
            self.congestionControl = congestionControl
            self.scheduler = scheduler
            self.sysctls = sysctls
            self.settings = settings
        }

        /// Whether the file of this result has the setting at a place, as `environment.mobility.registration_s`.
        package func records(_ place: String) -> Bool {
            !notRecorded.contains { place == $0 || place.hasPrefix("\($0).") }
        }
    }

    package struct Run: Sendable {
        package var id: String
        package var strategy: StrategyName
        package var seed: UInt64
        package var direction: Direction
        /// Trace time of the first SYN, and how long was measured from it.
        package var offset: Duration
        package var duration: Duration
        package var delivered: ByteCount
        package var longestGap: Duration
        package var verified: Bool
        package var paths: [RunPath]
        package var fidelity: [Fidelity]
        package var counters: [String: Int64]
        package var events: [RunRecord.Event]
        package var series: Series
        /// Connections beside the run's own, in the order of the series.
        package var others: [RunRecord.Flow]
        package var exchanges: [RunRecord.Exchange]
        /// What its radios took, under each energy model; empty where a path is neither WiFi nor cellular.
        package var energy: [Energy]
        /// What every coming and going of a path cost.
        package var handoffs: [Handoff]
        /// Where its home address was to be reached, by its schedule; empty where it has none.
        package var moves: [Move]
        /// The kernel's answer, as `RunRecord.congestionControl`; nil where it was not asked.
        package var congestionControl: String?
        /// Why the run may not be trusted, as far as it knows itself; nil where it may.
        package var failure: String?

        package var goodput: DataRate { delivered.rate(over: duration) }

        package func energy(under model: String) -> Energy? {
            energy.first { $0.model == model }
        }

        /// Application bits, of all that the run transferred, for each joule that its radios took; nil where they took
        /// none.
        package func efficiency(under energy: Energy) -> EnergyEfficiency? {
            EnergyEfficiency(of: others.reduce(delivered) { $0 + $1.delivered }, for: energy.total)
        }

        package init(
            id: String, strategy: StrategyName, seed: UInt64, direction: Direction, offset: Duration,
            duration: Duration,
            delivered: ByteCount, longestGap: Duration, verified: Bool, paths: [RunPath], fidelity: [Fidelity],
            counters: [String: Int64], events: [RunRecord.Event], series: Series, others: [RunRecord.Flow] = [],
            exchanges: [RunRecord.Exchange] = [], energy: [Energy] = [], handoffs: [Handoff] = [],
            moves: [Move] = [], congestionControl: String? = nil, failure: String? = nil
        ) {
            self.id = id
            self.strategy = strategy
            self.seed = seed
            self.direction = direction
            self.offset = offset
            self.duration = duration
            self.delivered = delivered
            self.longestGap = longestGap
            self.verified = verified
            self.paths = paths
            self.fidelity = fidelity
            self.counters = counters
            self.events = events
            self.series = series
            self.others = others
            self.exchanges = exchanges
            self.energy = energy
            self.handoffs = handoffs
            self.moves = moves
            self.congestionControl = congestionControl
            self.failure = failure
        }
    }

    package struct RunPath: Sendable, Equatable {
        package var name: String
        /// IP bytes that arrived, both directions.
        package var wireBytes: ByteCount
        package var droppedBytes: ByteCount
        /// IP packets that each direction's link was offered; nil where they were not counted.
        package var packetsDown: Int64?
        package var packetsUp: Int64?

        package init(
            name: String, wireBytes: ByteCount, droppedBytes: ByteCount, packetsDown: Int64? = nil,
            packetsUp: Int64? = nil
        ) {
            self.name = name
            self.wireBytes = wireBytes
            self.droppedBytes = droppedBytes
            self.packetsDown = packetsDown
            self.packetsUp = packetsUp
        }
    }

    /// What one run's radios took under one model.
    package struct Energy: Sendable, Equatable {
        package var model: String
        /// Of each path, in the order of the plan.
        package var paths: [EnergyAmount]

        package init(model: String, paths: [EnergyAmount]) {
            self.model = model
            self.paths = paths
        }

        package var total: EnergyAmount { paths.reduce(.zero, +) }
    }

    /// What one coming or going of a path did to the application. Times since the first SYN; nil: not within the run.
    package struct Handoff: Sendable, Equatable {
        package enum Kind: String, Sendable {
            /// The radio of a path that was in use has gone.
            case lost
            /// A path has come, or come back.
            case gained
            /// The path has another address.
            case renumbered
            /// The home address has moved to this path.
            case moved
        }

        package var kind: Kind
        package var path: String
        package var time: Duration
        /// The longest time without a byte for the application that begins within a second before this and the next
        /// one.
        package var longestGap: Duration
        /// From this instant until a payload byte arrived over a path that was not in use before.
        package var firstByteOnNewPath: Duration?
        /// `gained`: until the path carried payload again.
        package var carriesAgain: Duration?
        /// `gained`: bytes that waited on each other path's subflow, unsent or unacknowledged, at this instant.
        package var stranded: [String: ByteCount]

        package init(
            kind: Kind, path: String, time: Duration, longestGap: Duration, firstByteOnNewPath: Duration? = nil,
            carriesAgain: Duration? = nil, stranded: [String: ByteCount] = [:]
        ) {
            self.kind = kind
            self.path = path
            self.time = time
            self.longestGap = longestGap
            self.firstByteOnNewPath = firstByteOnNewPath
            self.carriesAgain = carriesAgain
            self.stranded = stranded
        }
    }

    /// Arrived bytes against the curve, in windows throughout which the link was backlogged.
    package struct Fidelity: Sendable, Equatable {
        package var path: String
        package var direction: Direction
        package var window: Duration
        /// Backlogged windows that were compared.
        package var windows: Int
        /// |arrived - curve| / curve; nil where no window was backlogged.
        package var meanError: Double?
        package var p95Error: Double?
        package var maxError: Double?
        package var maxErrorBytes: Double?
        /// (arrived - curve) / curve over all compared windows together, with its sign: whole packets, which no window
        /// can cut, hardly count in it.
        package var overallError: Double?
        /// Trace time at which the worst window begins.
        package var worstWindow: Duration?
        /// Windows beyond one largest packet + 0.1 % of the curve.
        package var violations: Int
        /// How many of the windows used up to a tenth of what they were allowed to differ by, up to two tenths, and so
        /// on; the last count is of those beyond it. Empty where it is not known.
        package var errorHistogram: [Int]

        package init(
            path: String, direction: Direction, window: Duration, windows: Int, meanError: Double? = nil,
            p95Error: Double? = nil, maxError: Double? = nil, maxErrorBytes: Double? = nil,
            overallError: Double? = nil, worstWindow: Duration? = nil, violations: Int,
            errorHistogram: [Int] = []
        ) {
            self.path = path
            self.direction = direction
            self.window = window
            self.windows = windows
            self.meanError = meanError
            self.p95Error = p95Error
            self.maxError = maxError
            self.maxErrorBytes = maxErrorBytes
            self.overallError = overallError
            self.worstWindow = worstWindow
            self.violations = violations
            self.errorHistogram = errorHistogram
        }
    }

    /// What the bounds allow for the runs of one seed and direction.
    package struct Oracle: Sendable, Equatable {
        package var direction: Direction
        package var window: Duration
        package var seed: UInt64
        /// Application bytes that are transferred by a workload of a fixed size; nil of all others.
        package var size: ByteCount?
        /// Those that are known, also where this program has no bound of that name.
        package var bounds: [BoundName: BoundValue]
        /// Of bounds that choose between runs: for each window from the first SYN on, the id of the run whose bytes it
        /// took.
        package var choices: [BoundName: [String]]

        package init(
            direction: Direction, window: Duration, seed: UInt64, size: ByteCount? = nil,
            bounds: [BoundName: BoundValue] = [:], choices: [BoundName: [String]] = [:]
        ) {
            self.direction = direction
            self.window = window
            self.seed = seed
            self.size = size
            self.bounds = bounds
            self.choices = choices
        }
    }

    package var replay: Replay
    package var environment: Environment
    package var runs: [Run]
    package var oracles: [Oracle]
    package var ratios: [Ratio]
    /// Spliced against built Optimal TCP by the window; empty where one of them is missing.
    package var builtWindows: [BuiltWindow]
    /// Of the runs in which MPTCP competed with a TCP on every path.
    package var competitions: [Competition]
    /// Of the replay's gates, in its order.
    package var gates: [GateVerdict]
    /// Of a result that was read back, whose runs hold no exchanges: those of each strategy in all seeds together.
    package var pooledExchanges: [StrategyName: ExchangeSummary]?
    /// The command that repeats this comparison.
    package var command: String

    package init(
        replay: Replay, environment: Environment, runs: [Run], oracles: [Oracle], ratios: [Ratio],
        builtWindows: [BuiltWindow] = [], competitions: [Competition] = [], gates: [GateVerdict] = [], command: String
    ) {
        self.replay = replay
        self.environment = environment
        self.runs = runs
        self.oracles = oracles
        self.ratios = ratios
        self.builtWindows = builtWindows
        self.competitions = competitions
        self.gates = gates
        self.command = command
    }
}
