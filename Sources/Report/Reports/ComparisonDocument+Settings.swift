import Plans
import Results
import Determinism
import Documents
import Quantities

/// The settings under which the runs were made, as the replay has them.
extension ComparisonDocument {
    /// - Parameter energyModels: names of the models under which the runs' energy is known.
    static func settings(
        _ environment: ComparisonResult.Environment, energyModels: [String]
    ) -> [String: JSON] {
        let (transport, mobility) = (environment.transport, environment.mobility)
        let energy = environment.energy
        return [
            "transport": .object([
                "congestion_control": .string(transport.congestionControl),
                "initial_path": optional(transport.initialPath),
                "receive_buffer_bytes": .bytes(transport.receiveBuffer),
                "initial_receive_buffer_bytes": .bytes(transport.initialReceiveBuffer),
                "send_buffer_bytes": .bytes(transport.sendBuffer),
                "scheduler": optional(transport.scheduler),
                "stale_loss_cnt": transport.staleLossCount.map { .integer(Int64($0)) } ?? .null,
            ]),
            "mobility": .object([
                "mode": .string(mobility.mode.rawValue), "detection_s": .number(mobility.detection.seconds),
                "acquisition_s": .number(mobility.acquisition.seconds), "warning_s": .number(mobility.warning.seconds),
                "registration_s": .optional(mobility.registration?.seconds),
                "leave_signal_dbm": .number(mobility.leaveSignal),
                "signal_hysteresis_db": .number(mobility.signalHysteresis),
            ]),
            "oracle": .object([
                "window_s": .number(environment.oracleWindow.seconds),
                "switching_cost_s": .number(environment.switchingCost.seconds),
            ]),
            "energy": .object([
                "model": .string(energy.model), "probe_s": .number(energy.probe.seconds),
                "hold_s": .number(energy.hold.seconds), "dwell_s": .number(energy.dwell.seconds),
                "switching": .string(energy.switching.rawValue),
                "models": .array(energyModels.map { .string($0) }),
            ]),
        ]
    }
}

/// The same read back.
extension ComparisonDocument {
    static func readEnvironment(_ environment: JSONReader) throws -> ComparisonResult.Environment {
        var missing: [String] = []
        let transport = try readTransport(environment, missing: &missing)
        let mobility = try readMobility(try environment["mobility"], missing: &missing)
        var oracle: (window: Duration, cost: Duration) = (.zero, .zero)
        if try isThere("oracle", in: environment, missing: &missing) {
            oracle = (
                try environment["oracle"]["window_s"].seconds, try environment["oracle"]["switching_cost_s"].seconds
            )
        }
        let policy = try environment["energy"]
        var energy = EnergyPolicy()
        energy.model = try policy["model"].string
        energy.probe = try policy["probe_s"].seconds
        energy.hold = try policy["hold_s"].seconds
        energy.dwell = try policy["dwell_s"].seconds
        energy.switching = try policy["switching"].choice()
        let sysctls = try environment["sysctls"].members.map { ($0.key, try $0.value.string) }
        var read = ComparisonResult.Environment(
            walkback: try environment["walkback"].string,
            kernelRelease: try environment["kernel"]["release"].string,
            kernelPatches: try environment["kernel"]["patches"].elements.map { try $0.string },
            congestionControl: try environment.optional("congestion_control")?.string,
            scheduler: try environment["scheduler"].string,
            sysctls: Dictionary(sysctls) { first, _ in first }, transport: transport, mobility: mobility,
            oracleWindow: oracle.window, switchingCost: oracle.cost, energy: energy)
        read.notRecorded = missing
        return read
    }

    private static func readTransport(_ environment: JSONReader, missing: inout [String]) throws -> Transport {
        let document = try environment["transport"]
        var transport = Transport()
        transport.initialPath = try document.optional("initial_path")?.string
        transport.receiveBuffer = try document["receive_buffer_bytes"].bytes
        transport.sendBuffer = try document["send_buffer_bytes"].bytes
        if try isThere("initial_receive_buffer_bytes", in: document, missing: &missing) {
            transport.initialReceiveBuffer = try document["initial_receive_buffer_bytes"].bytes
        }
        if try isThere("congestion_control", in: document, missing: &missing) {
            transport.congestionControl = try document["congestion_control"].string
        }
        if try isThere("scheduler", in: document, missing: &missing) {
            transport.scheduler = try document.optional("scheduler")?.string
        }
        if try isThere("stale_loss_cnt", in: document, missing: &missing) {
            transport.staleLossCount = try document.optional("stale_loss_cnt").map { Int(try $0.integer) }
        }
        return transport
    }

    private static func readMobility(_ document: JSONReader, missing: inout [String]) throws -> Mobility {
        var mobility = Mobility()
        mobility.mode = try document["mode"].choice()
        mobility.detection = try document["detection_s"].seconds
        mobility.acquisition = try document["acquisition_s"].seconds
        mobility.warning = try document["warning_s"].seconds
        if try isThere("registration_s", in: document, missing: &missing) {
            mobility.registration = try document.optional("registration_s")?.seconds
        }
        if try isThere("leave_signal_dbm", in: document, missing: &missing) {
            mobility.leaveSignal = try document["leave_signal_dbm"].number
        }
        if try isThere("signal_hysteresis_db", in: document, missing: &missing) {
            mobility.signalHysteresis = try document["signal_hysteresis_db"].number
        }
        return mobility
    }

    /// Whether a document has a key that earlier versions of this schema did not write; what it does not have is noted.
    private static func isThere(
        _ key: String, in document: JSONReader, missing: inout [String]
    ) throws -> Bool {
        if try document.has(key) { return true }
        missing.append("\(document.place).\(key)")
        return false
    }
}
