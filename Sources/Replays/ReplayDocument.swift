import Runs
import TraceFormats
import Traces
import Units
import Yams

/// What stands in a replay's file, checked as far as it can be without its traces.
struct ReplayDocument {
    struct Path {
        var name: String
        /// nil: as the trace says.
        var kind: PathKind?
        var kindNode: Node?
        var family: RunPlan.AddressFamily
        var traceFile: String
        var traceNode: Node
    }

    let reader: YAMLReader
    private(set) var name = ""
    private(set) var paths: [Path] = []
    private(set) var workload = Workload()
    private(set) var strategies: [Strategy] = []
    private(set) var seeds = 10
    private(set) var mobility = Mobility()
    private(set) var oracleWindow = Duration.seconds(10)
    private(set) var transport = Transport()
    private(set) var bars: [Bar] = []

    static let keys = ["name", "paths", "workload", "strategies", "seeds", "mobility", "oracle", "transport", "bars"]

    /// Upstream Linux gives an MPTCP connection at most this many subflows.
    static let mostPaths = 8

    /// Of the design, for later versions.
    static let laterStrategies = [
        "wifi-first", "wifi-first-ideal", "mobile-ip", "optimal-built", "mptcp-backup", "mptcp-single",
        "mptcp-scheduler", "mptcp-omniscient", "mptcp-omniscient-damped", "mptcp-smart-scheduler",
    ]
    static let laterOutageModes = ["link-down", "carrier", "address-loss", "blackhole"]
    static let laterWorkloads = ["upload"]

    /// - Throws: `Fault` (bad input) as `path:line:column: message`.
    init(_ file: InputFile) throws {
        reader = try YAMLReader(file)
        let root = try reader.members(of: reader.root, "a replay", keys: Self.keys)
        guard let nameNode = root["name"] else {
            throw reader.fault(reader.root, "the replay has no name; add 'name: my-walk'")
        }
        name = try reader.string(nameNode, "name")
        if let objection = ReplayName.objection(to: name) { throw reader.fault(nameNode, objection) }
        try readPaths(root)
        try readWorkload(root)
        try readStrategies(root)
        if let node = root["seeds"] { seeds = try reader.integer(node, "seeds", in: 1...1000) }
        try readMobility(root)
        let oracle = try reader.section("oracle", of: root, keys: ["window"])
        if let node = oracle["window"] {
            oracleWindow = try reader.duration(node, "window", in: .seconds(1)...(.seconds(3600)), example: "10s")
            // Series have bins of 10 ms, and a window that ends inside one cannot be summed.
            guard oracleWindow.wholeNanoseconds % Series.binWidth.wholeNanoseconds == 0 else {
                throw reader.fault(node, "window is no multiple of 10 ms; write it as in 'window: 10s'")
            }
        }
        try readTransport(root)
        try readBars(root)
    }

    // MARK: - Paths

    private mutating func readPaths(_ root: YAMLReader.Members) throws {
        let example = "'wifi: {trace: my-walk.wifi.trace.csv}'"
        guard let node = root["paths"] else {
            throw reader.fault(reader.root, "the replay has no paths; add 'paths:' and below it \(example)")
        }
        let entries = reader.isEmpty(node) ? [] : try reader.members(of: node, "'paths'", keys: nil).entries
        guard !entries.isEmpty else { throw reader.fault(node, "there are no paths; add one, as in \(example)") }
        guard entries.count <= Self.mostPaths else {
            throw reader.fault(
                entries[Self.mostPaths].keyNode,
                "there are more than \(Self.mostPaths) paths, the most that Linux joins; remove some")
        }
        for entry in entries {
            if let objection = PathName.objection(to: entry.key) { throw reader.fault(entry.keyNode, objection) }
            let members = try reader.members(of: entry.value, "path '\(entry.key)'", keys: ["trace", "kind", "family"])
            guard let traceNode = members["trace"] else {
                throw reader.fault(entry.keyNode, "path '\(entry.key)' has no trace; add 'trace: FILE.trace.csv'")
            }
            let kind = try members["kind"].map {
                try reader.choice($0, "kind", PathKind.allCases.map { ($0.rawValue, $0) })
            }
            let family = try members["family"].map {
                try reader.choice($0, "family", RunPlan.AddressFamily.allCases.map { ($0.rawValue, $0) })
            }
            paths.append(
                Path(
                    name: entry.key, kind: kind, kindNode: members["kind"], family: family ?? .ipv4,
                    traceFile: try reader.string(traceNode, "trace"), traceNode: traceNode))
        }
    }

    // MARK: - What is run over them

    private mutating func readWorkload(_ root: YAMLReader.Members) throws {
        let members = try reader.section("workload", of: root, keys: ["kind", "duration", "bytes"])
        if let node = members["kind"] {
            let kinds = Workload.Kind.allCases.map { ($0.rawValue, $0) }
            workload.kind = try reader.choice(node, "kind", kinds, notAvailable: Self.laterWorkloads)
        }
        if let node = members["duration"] {
            let duration = try reader.string(node, "duration")
            guard duration == "trace" else {
                throw reader.fault(
                    node,
                    "duration '\(duration.prefix(40))' is not available in this version; write 'duration: "
                        + "trace', or 'bytes: 100MB'"
                )
            }
        }
        if let node = members["bytes"] {
            workload.size = try reader.size(
                node, "bytes", in: ByteCount(1)...ByteCount(1_000_000_000_000), example: "100MB")
        }
    }

    private mutating func readStrategies(_ root: YAMLReader.Members) throws {
        let names = paths.map(\.name)
        let all = Strategy.all(paths: names)
        guard let node = root["strategies"] else {
            strategies = all
            return
        }
        guard case .sequence(let sequence) = node, !sequence.isEmpty else {
            throw reader.fault(
                node, "'strategies' must be a list of at least one, as in 'strategies: [tcp-\(names[0]), mptcp]'")
        }
        for element in sequence {
            let choices = all.map { ($0.description, $0) }
            let strategy = try reader.choice(element, "strategy", choices, notAvailable: Self.laterStrategies)
            guard !strategies.contains(strategy) else {
                throw reader.fault(element, "strategy '\(strategy)' is given twice; remove one of them")
            }
            strategies.append(strategy)
        }
    }

    private mutating func readMobility(_ root: YAMLReader.Members) throws {
        let members = try reader.section("mobility", of: root, keys: ["mode", "detection", "acquisition"])
        if let node = members["mode"] {
            let modes = Mobility.Mode.allCases.map { ($0.rawValue, $0) }
            mobility.mode = try reader.choice(node, "mode", modes, notAvailable: Self.laterOutageModes)
        }
        let range = Duration.zero...Duration.seconds(60)
        if let node = members["detection"] {
            mobility.detection = try reader.duration(node, "detection", in: range, example: "200ms")
        }
        if let node = members["acquisition"] {
            mobility.acquisition = try reader.duration(node, "acquisition", in: range, example: "500ms")
        }
    }

    private mutating func readTransport(_ root: YAMLReader.Members) throws {
        let keys = ["congestion_control", "initial_path", "receive_buffer", "send_buffer"]
        let members = try reader.section("transport", of: root, keys: keys)
        if let node = members["congestion_control"] {
            let name = try reader.string(node, "congestion_control")
            // The kernel's own limit is 15 letters (TCP_CA_NAME_MAX).
            let fits = name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
            guard fits, (1...15).contains(name.utf8.count) else {
                throw reader.fault(
                    node,
                    "congestion_control '\(name.prefix(40))' cannot be one of the kernel's; write its name as "
                        + "in 'cubic'"
                )
            }
            transport.congestionControl = name
        }
        if let node = members["initial_path"] {
            transport.initialPath = try reader.choice(node, "initial_path", paths.map { ($0.name, $0.name) })
        }
        let range = ByteCount(4096)...ByteCount(1_000_000_000)
        if let node = members["receive_buffer"] {
            transport.receiveBuffer = try reader.size(node, "receive_buffer", in: range, example: "6MB")
        }
        if let node = members["send_buffer"] {
            transport.sendBuffer = try reader.size(node, "send_buffer", in: range, example: "4MB")
        }
    }

    // MARK: - What is demanded of the result

    private mutating func readBars(_ root: YAMLReader.Members) throws {
        for entry in try reader.section("bars", of: root, keys: nil).entries {
            if Bar.notAvailable.contains(entry.key) {
                throw reader.fault(
                    entry.keyNode, "ratio '\(entry.key)' is not available in this version; remove this bar")
            }
            guard Bar.ratios.contains(entry.key) else {
                let ending = Suggestion.ending(for: entry.key, among: Bar.ratios)
                throw reader.fault(entry.keyNode, "unknown ratio '\(entry.key.prefix(40))'\(ending)")
            }
            let text = try reader.string(entry.value, entry.key)
            guard let bar = Bar(ratio: entry.key, text: text) else {
                throw reader.fault(
                    entry.value,
                    "'\(text.prefix(40))' is no bar; write >=, <=, > or < and a number in quotes, as in \">= 1.0\"")
            }
            bars.append(bar)
        }
    }
}
