import Plans
import Quantities
import Settings

/// How it is transferred: the sections of a replay that concern neither its paths nor its workload.
extension ReplayDocument {
    mutating func readWorkload(_ root: YAMLReader.Members) throws {
        let keys = ["kind", "duration", "bytes", "size", "sigma", "think", "rate", "interval", "deadline"]
        let members = try reader.section("workload", of: root, keys: keys)
        if let node = members["kind"] {
            workload.kind = try reader.choice(node, "kind", Workload.Kind.allCases.map { ($0.rawValue, $0) })
        }
        let allowed =
            switch workload.kind {
            case .download, .upload, .both: ["kind", "duration", "bytes"]
            case .requests: ["kind", "duration", "size", "sigma", "think"]
            case .stream: ["kind", "duration", "rate", "interval", "deadline"]
            }
        if let other = members.entries.first(where: { !allowed.contains($0.key) }) {
            throw reader.fault(
                other.keyNode,
                "'\(other.key)' does not belong to workload '\(workload.kind.rawValue)', which has \(allowed.joined(separator: ", "))"
            )
        }
        if let node = members["duration"] {
            let duration = try reader.string(node, "duration")
            guard duration == "trace" else {
                throw reader.fault(
                    node,
                    "duration '\(duration.prefix(40))' is not known; a run lasts as long as its traces: write 'duration: "
                        + "trace', or 'bytes: 100MB'"
                )
            }
        }
        if let node = members["bytes"] {
            workload.size = try reader.size(
                node, "bytes", in: ByteCount(1)...ByteCount(1_000_000_000_000), example: "100MB")
        }
        if let node = members["size"] {
            let range = ByteCount(1)...ByteCount(1_000_000_000)
            workload.requests.medianSize = try reader.size(node, "size", in: range, example: "300kB")
        }
        if let node = members["sigma"] {
            workload.requests.sigma = try reader.number(node, "sigma", in: 0...3)
        }
        if let node = members["think"] {
            workload.requests.think = try reader.duration(node, "think", in: .zero...(.seconds(600)), example: "1s")
        }
        if let node = members["rate"] {
            let range = DataRate(bitsPerSecond: 1000)...DataRate(bitsPerSecond: 1e9)
            workload.stream.rate = try reader.rate(node, "rate", in: range, example: "2Mbit")
        }
        if let node = members["interval"] {
            let range = Duration.milliseconds(1)...Duration.seconds(60)
            workload.stream.interval = try reader.duration(node, "interval", in: range, example: "40ms")
        }
        if let node = members["deadline"] {
            let range = Duration.milliseconds(1)...Duration.seconds(600)
            workload.stream.deadline = try reader.duration(node, "deadline", in: range, example: "400ms")
        }
    }

    mutating func readSettings(_ root: YAMLReader.Members) throws {
        var values = SettingsReader(reader: reader, paths: paths.map(\.name))
        for section in Setting.sections {
            let all = Setting.of(section)
            let members = try reader.section(section, of: root, keys: all.map(\.name))
            for setting in all {
                if let node = members[setting.name] { try values.read(setting, from: node) }
            }
        }
        (settings, demands) = (values.settings, values.demands)
    }
}
