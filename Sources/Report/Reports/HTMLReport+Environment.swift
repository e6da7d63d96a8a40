import Plans
import Results
import Traces
import Determinism
import Documents
import Quantities

extension HTMLReport {
    static func environment(_ result: ComparisonResult) -> String {
        let environment = result.environment
        var table = HTMLTable("Environment", headers: ["", ""], textColumns: [1], isFacts: true)
        table.add("walkback", environment.walkback)
        table.add("kernel", "Linux \(environment.kernelRelease)")
        if !environment.kernelPatches.isEmpty {
            table.add("kernel patches", environment.kernelPatches.joined(separator: ", "))
        }
        table.add("congestion control", Wording.congestionControl(of: environment))
        table.add("MPTCP scheduler", environment.scheduler)
        for (name, text) in settings(environment) { table.add(name, text) }
        table.add("replay", "\(result.replay.name), SHA-256 \(result.replay.sha256)")
        for (index, trace) in result.replay.traces.enumerated() {
            let settings = result.replay.pathSettings.isEmpty ? "" : "; \(words(result.replay.pathSettings[index]))"
            table.add(
                "path \(trace.name)",
                "\(trace.kind.rawValue); queue \((Double(trace.queueDown.bytes) / 1000).text()) kB down, "
                    + "\((Double(trace.queueUp.bytes) / 1000).text()) kB up\(settings); \(trace.source)")
        }
        for (key, value) in environment.sysctls.sorted(by: { $0.key < $1.key }) { table.add(key, value) }
        return "<h2>Environment</h2>\n" + table.html
    }

    /// What the replay sets, a row each. Settings that the result does not have are named in a row of their own.
    private static func settings(_ environment: ComparisonResult.Environment) -> [(name: String, text: String)] {
        let (transport, mobility, energy) = (environment.transport, environment.mobility, environment.energy)
        let missing = Set(environment.notRecorded)
        func begin() -> String {
            missing.contains("environment.transport.initial_receive_buffer_bytes")
                ? "" : " (begins with \(transport.initialReceiveBuffer.megabytes.text()) MB)"
        }
        var rows = [
            ("initial path", transport.initialPath ?? "the first that is attached"),
            (
                "buffers",
                "receive \(transport.receiveBuffer.megabytes.text()) MB\(begin()), send "
                    + "\(transport.sendBuffer.megabytes.text()) MB at most"
            ),
            (
                "mobility",
                "\(mobility.mode.rawValue); detection \(mobility.detection.milliseconds.text()) ms, acquisition "
                    + "\(mobility.acquisition.milliseconds.text()) ms, warning "
                    + "\(mobility.warning.milliseconds.text()) ms"
            ),
        ]
        if missing.isDisjoint(with: [
            "environment.mobility.registration_s", "environment.mobility.leave_signal_dbm",
            "environment.mobility.signal_hysteresis_db",
        ]) {
            let registration = mobility.registration.map { "\($0.milliseconds.text()) ms" } ?? "a round trip"
            rows.append(
                (
                    "Mobile IP",
                    "registration \(registration); leaves WiFi below \(mobility.leaveSignal.text()) dBm, takes it "
                        + "again \(mobility.signalHysteresis.text()) dB above"
                ))
        }
        if !missing.contains("environment.oracle") {
            rows.append(
                (
                    "Optimal TCP",
                    "windows of \(environment.oracleWindow.seconds.text()) s; switching cost "
                        + "\(environment.switchingCost.milliseconds.text()) ms"
                ))
        }
        if missing.isDisjoint(with: ["environment.transport.scheduler", "environment.transport.stale_loss_cnt"]) {
            let stale = transport.staleLossCount.map { "\($0)" } ?? "the kernel's default"
            let scheduler = transport.scheduler ?? "the kernel's default"
            rows.append(("MPTCP settings", "scheduler \(scheduler); stale_loss_cnt \(stale)"))
        }
        rows.append(
            (
                "energy",
                "model \(energy.model); probe \(energy.probe.seconds.text()) s, hold \(energy.hold.seconds.text()) s, "
                    + "dwell \(energy.dwell.seconds.text()) s; switching by \(energy.switching.rawValue)"
            ))
        if !missing.isEmpty {
            rows.append(("not recorded", environment.notRecorded.joined(separator: ", ")))
        }
        return rows
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
