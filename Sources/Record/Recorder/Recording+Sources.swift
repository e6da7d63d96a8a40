// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Netlink
import Pcap
import Probe
import Quantities

/// Records what is known besides packets, links and addresses. A source that is missing is reported once and then
/// skipped.
extension Recording {
    /// Goes on with the bins where the wall clock was set to. Before every row, because rows up to a time that the
    /// clock jumped to would say that nothing passed until then.
    func followClock() throws {
        guard let step = clock.stepped() else { return }
        say("note: the clock was changed by \(step.seconds.text(decimals: 3)) s")
        let now = WallClock.now
        try events.log("clock-step", at: now, ["step_s": .number(step.seconds)])
        let before = Timestamp(nanoseconds: now.nanoseconds - step.wholeNanoseconds)
        for one in inOrder { try write(one) { $0.take(before: before) + $0.restart(at: now) } }
    }

    func readWireless() throws {
        guard let wireless else { return }
        for one in inOrder {
            guard let link = one.link else { continue }
            let now = wireless.association(of: link.index)
            if now?.bssid != one.association?.bssid {
                try events.log(
                    "association", at: WallClock.now, interface: one.name,
                    ["bssid": now.map { .string($0.bssid) } ?? .null])
            }
            if let now, now != one.association {
                try events.log(
                    "signal", at: WallClock.now, interface: one.name,
                    [
                        "signal_dbm": now.signal.map { .integer(Int64($0)) } ?? .null,
                        "sending_mbps": .optional(now.sending?.megabitsPerSecond),
                        "receiving_mbps": .optional(now.receiving?.megabitsPerSecond),
                    ])
            }
            one.association = now
        }
    }

    func readProbes() throws {
        guard let host = options.probe?.host else { return }
        for one in inOrder {
            for report in one.probe?.takeReports() ?? [] {
                let state: String
                switch report {
                case .started: state = "started"
                case .silent:
                    state = "silent"
                    say("note: no field server at \(host) answers over '\(one.name)'; walkback keeps asking")
                case .refused(let reason):
                    state = "refused"
                    say("note: the field server at \(host) refuses '\(one.name)': \(reason); walkback keeps asking")
                }
                try events.log("probe", at: WallClock.now, interface: one.name, ["state": .string(state)])
            }
        }
    }

    func readModems() throws {
        guard let modems else { return }
        switch modems.state {
        case .asking: break
        case .absent:
            say("note: ModemManager does not answer, so the signals of modems are not recorded")
            self.modems = nil
        case .levels(let levels):
            for level in levels where !modemLevels.contains(level) {
                try events.log(
                    "modem", at: WallClock.now, interface: level.interface,
                    [
                        "modem": .string(level.modem), "technology": level.technology.map { .string($0) } ?? .null,
                        "operator": level.operatorName.map { .string($0) } ?? .null,
                        "signal_dbm": .optional(level.signal), "rsrp_dbm": .optional(level.referencePower),
                        "rsrq_db": .optional(level.referenceQuality),
                        "quality_percent": level.percent.map { .integer(Int64($0)) } ?? .null,
                    ])
            }
            modemLevels = levels
        }
    }

    func log(_ changes: [LiveCommand.Change]) throws {
        for change in changes {
            let members: [String: JSON]
            switch change {
            case .started: members = ["state": .string("started")]
            case .ended(let status): members = ["state": .string("ended"), "status": .integer(Int64(status))]
            }
            try events.log("live", at: WallClock.now, members)
        }
    }

    func readPosition() throws {
        guard let reader = position else { return }
        for place in reader.read() {
            try events.log(
                "position", at: WallClock.now,
                [
                    // Six significant digits would give a resolution of only a hundred metres.
                    "latitude_deg": .string(place.lat.text(decimals: 7)),
                    "longitude_deg": .string(place.lon.text(decimals: 7)), "altitude_m": .optional(place.altHAE),
                    "speed_mps": .optional(place.speed), "error_m": .optional(place.eph),
                ])
        }
        if !reader.isOpen {
            sayNoPosition()
            position = nil
        }
    }

    func sayNoPosition() {
        say("note: no gpsd answers at \(options.positionHost), so positions are not recorded")
    }

    func readBattery(isFirst: Bool) throws {
        let levels = battery.levels()
        if isFirst, levels.isEmpty { say("note: this machine reports no battery, so its level is not recorded") }
        for level in levels where !batteryLevels.contains(level) {
            try events.log(
                "battery", at: WallClock.now,
                [
                    "name": .string(level.name), "percent": .integer(Int64(level.percent)),
                    "status": .string(level.status),
                ])
        }
        batteryLevels = levels
    }
}
