// SPDX-License-Identifier: Apache-2.0
import Bounds
import Plans
import Quantities
import Traces

/// Everything that a comparison found. comparison.json, the table, series.csv and the report are all written from this
/// one value, so they cannot disagree. All values are in the units of their types; nothing here depends on real time.
package struct ComparisonResult: Sendable {
    package struct Replay: Sendable, Equatable {
        package var name: String
        /// Hash of the replay file and of every trace that it names.
        package var sha256: String
        /// Hash of paths, traces and workload without settings: results with the same hash can be compared.
        package var walkSHA256: String
        package var duration: Duration
        /// The paths' traces, for plots.
        package var traces: [PathTrace]
        /// One element for each of `traces`; empty if the result was read back from a file that does not have them.
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
        /// Times on the trace's clock.
        package var addressChanges: [Duration]

        package init(family: RunPlan.AddressFamily, subflows: Int, addressChanges: [Duration]) {
            self.family = family
            self.subflows = subflows
            self.addressChanges = addressChanges
        }
    }

    /// A program that decided a strategy. Equal hashes and versions give equal bytes.
    package struct Command: Sendable, Equatable {
        package var strategy: StrategyName
        /// As the replay has it.
        package var text: String
        /// SHA-256, in hexadecimal, of the program's file.
        package var sha256: String
        /// What the program's interpreter says of its version; nil if it has none or says nothing.
        package var interpreter: String?

        package init(strategy: StrategyName, text: String, sha256: String, interpreter: String?) {
            self.strategy = strategy
            self.text = text
            self.sha256 = sha256
            self.interpreter = interpreter
        }
    }

    package struct Environment: Sendable, Equatable {
        package var walkback: String
        package var kernelRelease: String
        package var kernelPatches: [String]
        /// The kernel's answer in the runs, as in `RunRecord.congestionControl`. Several names if the runs disagree,
        /// nil if no run had a connection. `settings` has the one that was requested.
        package var congestionControl: String?
        package var scheduler: String
        package var sysctls: [String: String]
        package var settings: ReplaySettings
        /// The programs that decided strategies.
        package var commands: [Command]
        /// Settings that are missing from this result's file, such as `environment.mobility.registration_s`. The values
        /// that stand here for them mean nothing.
        package var notRecorded: [String] = []

        package init(
            walkback: String, kernelRelease: String, kernelPatches: [String], congestionControl: String?,
            scheduler: String, sysctls: [String: String], settings: ReplaySettings, commands: [Command] = []
        ) {
            self.walkback = walkback
            self.kernelRelease = kernelRelease
            self.kernelPatches = kernelPatches
            self.congestionControl = congestionControl
            self.scheduler = scheduler
            self.sysctls = sysctls
            self.settings = settings
            self.commands = commands
        }

        /// Whether this result's file has the setting at a place such as `environment.mobility.registration_s`.
        package func records(_ place: String) -> Bool {
            !notRecorded.contains { place == $0 || place.hasPrefix("\($0).") }
        }
    }

    package struct Run: Sendable {
        package var id: String
        package var strategy: StrategyName
        package var seed: UInt64
        package var direction: Direction
        /// Trace time of the first SYN, and how long was measured from then on.
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
        /// Connections other than the run's own, in the order of the series.
        package var others: [RunRecord.Flow]
        package var exchanges: [RunRecord.Exchange]
        /// The energy that the run's radios took, under each energy model; empty if a path is neither WiFi nor
        /// cellular.
        package var energy: [Energy]
        /// The effect of every coming and going of a path.
        package var handoffs: [Handoff]
        /// The path of the home address over time, according to the schedule; empty if the run has no home address.
        package var moves: [Move]
        /// The kernel's answer, as in `RunRecord.congestionControl`; nil if the kernel was not asked.
        package var congestionControl: String?
        /// Why the run cannot be trusted, as far as the run itself can tell; nil if it can be trusted.
        package var failure: String?

        package var goodput: DataRate { delivered.rate(over: duration) }

        package func energy(under model: String) -> Energy? {
            energy.first { $0.model == model }
        }

        /// Application bits, over everything that the run transferred, per joule that its radios took; nil if they took
        /// no energy.
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
        /// IP bytes that arrived, in both directions.
        package var wireBytes: ByteCount
        package var droppedBytes: ByteCount
        /// IP packets offered to the link of each direction; nil if they were not counted.
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

    /// The energy that one run's radios took under one model.
    package struct Energy: Sendable, Equatable {
        package var model: String
        /// The energy of each path, in the order of the plan.
        package var paths: [EnergyAmount]

        package init(model: String, paths: [EnergyAmount]) {
            self.model = model
            self.paths = paths
        }

        package var total: EnergyAmount { paths.reduce(.zero, +) }
    }

    /// The effect of one coming or going of a path on the application. Times are since the first SYN; nil: not within
    /// the run.
    package struct Handoff: Sendable, Equatable {
        package enum Kind: String, Sendable {
            /// The radio of a path in use has gone.
            case lost
            /// A path has come, or come back.
            case gained
            /// The path has a new address.
            case renumbered
            /// The home address has moved to this path.
            case moved
        }

        package var kind: Kind
        package var path: String
        package var time: Duration
        /// The longest gap, a time without a byte for the application, among the gap that contains this hand-off and
        /// those that begin after it and end before the next one. A gap that contains both hand-offs counts for both.
        package var longestGap: Duration
        /// Time from this instant until a payload byte arrived over a path that was not in use before.
        package var firstByteOnNewPath: Duration?
        /// `gained`: time until the path carried payload again.
        package var carriesAgain: Duration?
        /// `gained`: bytes waiting at this instant on each other path's subflow, unsent or unacknowledged.
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

    /// Arrived bytes compared with the curve, over windows throughout which the link was backlogged.
    package struct Fidelity: Sendable, Equatable {
        package var path: String
        package var direction: Direction
        package var window: Duration
        /// Number of backlogged windows that were compared.
        package var windows: Int
        /// |arrived - curve| / curve; nil if no window was backlogged.
        package var meanError: Double?
        package var p95Error: Double?
        package var maxError: Double?
        package var maxErrorBytes: Double?
        /// (arrived - curve) / curve over all compared windows together, with its sign. Whole packets, which no window
        /// can cut, hardly affect it.
        package var overallError: Double?
        /// Trace time at which the worst window begins.
        package var worstWindow: Duration?
        /// Number of windows that differ by more than one largest packet + 0.1 % of the curve.
        package var violations: Int
        /// How many windows used up to one tenth of the allowed difference, up to two tenths, and so on; the last count
        /// is of the windows beyond the allowance. Empty if it is not known.
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
        /// Application bytes of a workload of a fixed size; nil for all others.
        package var size: ByteCount?
        /// The bounds that are known, including those for which this program has no bound of that name.
        package var bounds: [BoundName: BoundValue]
        /// For bounds that choose between runs: for each window from the first SYN on, the id of the run whose bytes
        /// the bound took.
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
    /// Spliced and built Optimal TCP compared window by window; empty if one of them is missing.
    package var builtWindows: [BuiltWindow]
    /// The runs in which MPTCP competed with a TCP on every path.
    package var competitions: [Competition]
    /// Verdicts on the replay's gates, in the replay's order.
    package var gates: [GateVerdict]
    /// For a result that was read back, whose runs hold no exchanges: the exchanges of each strategy over all seeds
    /// together.
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
