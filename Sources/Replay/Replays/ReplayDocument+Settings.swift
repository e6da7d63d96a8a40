import Plans
import Quantities
import Radios
import Yams

/// How it is transferred: the sections of a replay that concern neither its paths nor its workload.
extension ReplayDocument {
    mutating func readMobility(_ root: YAMLReader.Members) throws {
        let keys = [
            "mode", "detection", "acquisition", "warning", "registration", "leave_signal_dbm", "signal_hysteresis_db",
        ]
        let members = try reader.section("mobility", of: root, keys: keys)
        if let node = members["mode"] {
            mobility.mode = try reader.choice(node, "mode", Mobility.Mode.allCases.map { ($0.rawValue, $0) })
        }
        let range = Duration.zero...Duration.seconds(60)
        if let node = members["detection"] {
            mobility.detection = try reader.duration(node, "detection", in: range, example: "200ms")
        }
        if let node = members["acquisition"] {
            mobility.acquisition = try reader.duration(node, "acquisition", in: range, example: "500ms")
        }
        if let node = members["warning"] {
            mobility.warning = try reader.duration(node, "warning", in: range, example: "1s")
        }
        if let node = members["registration"] {
            mobility.registration = try reader.duration(node, "registration", in: range, example: "100ms")
        }
        if let node = members["leave_signal_dbm"] {
            mobility.leaveSignal = try reader.number(node, "leave_signal_dbm", in: -120...0)
        }
        if let node = members["signal_hysteresis_db"] {
            mobility.signalHysteresis = try reader.number(node, "signal_hysteresis_db", in: 0...60)
        }
    }

    mutating func readOracle(_ root: YAMLReader.Members) throws {
        let members = try reader.section("oracle", of: root, keys: ["window", "switching_cost"])
        if let node = members["window"] {
            oracleWindow = try reader.duration(node, "window", in: .seconds(1)...(.seconds(60)), example: "10s")
            // Series have bins of 10 ms, and a window that ends inside one cannot be summed.
            guard oracleWindow.wholeNanoseconds % Series.binWidth.wholeNanoseconds == 0 else {
                throw reader.fault(node, "window is no multiple of 10 ms; write it as in 'window: 10s'")
            }
        }
        if let node = members["switching_cost"] {
            switchingCost = try reader.duration(
                node, "switching_cost", in: .zero...(.seconds(60)), example: "0.5s")
            guard switchingCost < oracleWindow else {
                throw reader.fault(node, "switching_cost must be shorter than the window, or nothing is ever sent")
            }
        }
    }

    mutating func readTransport(_ root: YAMLReader.Members) throws {
        let keys = [
            "congestion_control", "initial_path", "receive_buffer", "initial_receive_buffer", "send_buffer",
            "scheduler",
            "stale_loss_cnt",
        ]
        let members = try reader.section("transport", of: root, keys: keys)
        if let node = members["congestion_control"] {
            transport.congestionControl = try kernelName(node, .congestionControl, example: "cubic")
        }
        if let node = members["scheduler"] {
            transport.scheduler = try kernelName(node, .scheduler, example: "default")
        }
        if let node = members["stale_loss_cnt"] {
            transport.staleLossCount = try reader.integer(node, "stale_loss_cnt", in: 0...1000)
        }
        if let node = members["initial_path"] {
            transport.initialPath = try reader.choice(node, "initial_path", paths.map { ($0.name, $0.name) })
        }
        let range = ByteCount(4096)...ByteCount(1_000_000_000)
        if let node = members["receive_buffer"] {
            transport.receiveBuffer = try reader.size(node, "receive_buffer", in: range, example: "6MB")
        }
        if let node = members["initial_receive_buffer"] {
            let initial = try reader.size(node, "initial_receive_buffer", in: range, example: "2MB")
            guard initial <= transport.receiveBuffer else {
                throw reader.fault(
                    node,
                    "initial_receive_buffer is larger than the receive_buffer it grows to; make it smaller, or that larger"
                )
            }
            transport.initialReceiveBuffer = initial
        }
        if let node = members["send_buffer"] {
            transport.sendBuffer = try reader.size(node, "send_buffer", in: range, example: "4MB")
        }
    }

    private mutating func kernelName(
        _ node: Node, _ kind: KernelDemand.Kind, example: String
    ) throws -> String {
        let name = try reader.string(node, kind.rawValue)
        guard KernelDemand.isPossible(name) else {
            throw reader.fault(
                node,
                "\(kind.rawValue) '\(name.prefix(40))' cannot be one of the kernel's; write its name as in '\(example)'"
            )
        }
        demands.append(KernelDemand(kind, name, at: reader.place(of: node)))
        return name
    }

    mutating func readEnergy(_ root: YAMLReader.Members) throws {
        let members = try reader.section(
            "energy", of: root, keys: ["model", "probe", "hold", "dwell", "switching"])
        if let node = members["model"] {
            energy.model = try reader.choice(node, "model", EnergyModel.all.map { ($0.name, $0.name) })
        }
        if let node = members["probe"] {
            energy.probe = try reader.duration(
                node, "probe", in: .seconds(1)...(.seconds(600)), example: "10s")
        }
        if let node = members["hold"] {
            energy.hold = try reader.duration(node, "hold", in: .seconds(1)...(.seconds(3600)), example: "100s")
        }
        if let node = members["dwell"] {
            energy.dwell = try reader.duration(node, "dwell", in: .seconds(1)...(.seconds(3600)), example: "30s")
        }
        if let node = members["switching"] {
            let choices = EnergyPolicy.Switching.allCases.map { ($0.rawValue, $0) }
            energy.switching = try reader.choice(node, "switching", choices)
        }
    }
}
