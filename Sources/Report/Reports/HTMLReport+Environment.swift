// SPDX-License-Identifier: Apache-2.0
import Plans
import Results
import Traces
import Determinism
import Documents
import Quantities
import Settings

extension HTMLReport {
    @MarkupBuilder static func environment(_ result: ComparisonResult) -> Markup {
        Element(.h2, "Environment")
        table(ofEnvironment: result).html
    }

    private static func table(ofEnvironment result: ComparisonResult) -> HTMLTable {
        let environment = result.environment
        var table = HTMLTable("Environment", headers: ["", ""], textColumns: [1], isFacts: true)
        table.add("walkback", environment.walkback)
        table.add("kernel", "Linux \(environment.kernelRelease)")
        if !environment.kernelPatches.isEmpty {
            table.add("kernel patches", environment.kernelPatches.joined(separator: ", "))
        }
        table.add("congestion control", Wording.congestionControl(of: environment))
        table.add("MPTCP scheduler", environment.scheduler)
        for setting in Setting.all where environment.records("environment.\(setting.section).\(setting.jsonKey)") {
            table.add(setting.key, setting.text(in: environment.settings))
        }
        for command in environment.commands {
            let interpreter = command.interpreter.map { ", \($0)" } ?? ""
            table.add("strategy \(command.strategy)", "\(command.text), SHA-256 \(command.sha256)\(interpreter)")
        }
        if !environment.notRecorded.isEmpty {
            table.add("not recorded", environment.notRecorded.joined(separator: ", "))
        }
        table.add("replay", "\(result.replay.name), SHA-256 \(result.replay.sha256)")
        for (index, trace) in result.replay.traces.enumerated() {
            let settings = result.replay.pathSettings.isEmpty ? "" : "; \(words(result.replay.pathSettings[index]))"
            table.add(
                "path \(trace.name)",
                "\(trace.kind.rawValue); queue \((Double(trace.queueDown.bytes) / 1000).text()) kB down, "
                    + "\((Double(trace.queueUp.bytes) / 1000).text()) kB up\(settings); \(trace.source)")
        }
        for (key, value) in environment.sysctls.sorted(by: { $0.key < $1.key }) { table.add(key, value) }
        return table
    }

    private static func words(_ path: ComparisonResult.PathSettings) -> String {
        let changes = path.addressChanges.map { "\($0.seconds.text()) s" }.joined(separator: ", ")
        let family =
            switch path.family {
            case .ipv4: "IPv4"
            case .ipv6: "IPv6"
            case .both: "IPv4 and IPv6"
            }
        return "\(family); \(path.subflows) MPTCP subflow\(path.subflows == 1 ? "" : "s")"
            + (changes.isEmpty ? "" : "; another address at \(changes)")
    }
}
