import Traces

/// How the mobile host uses its paths; written as in the contract, `tcp-wifi-reconnect`.
package enum Strategy: Hashable, Sendable, Codable, CustomStringConvertible {
    /// One TCP connection over one path, as the kernel leaves it.
    case tcp(path: String)
    /// The same, but the application reconnects and resumes by range when the path returns.
    case tcpReconnect(path: String)
    /// One TCP connection at a time, over WiFi where it is joined and over another path else: what a phone does.
    case wifiFirst
    /// The same choice by one TCP connection of a fixed home address, which moves at the very instant of association.
    case wifiFirstIdeal
    /// One TCP connection of a home address that moves when association or signal say so, as Mobile IP's would.
    case mobileIP
    /// One TCP connection of a home address that an oracle moves to the path that will carry most in the coming window.
    case optimalBuilt
    /// One MPTCP connection over every path.
    case mptcp
    /// The same, with every path that is not WiFi as backup.
    case mptcpBackup
    /// One MPTCP connection over one path at a time, the old one left before the new one is joined.
    case mptcpSingle
    /// Every path for a probing time, then the most efficient radio alone for a holding time, and again.
    case mptcpScheduler
    /// The most efficient radio of every moment, known from the trace.
    case mptcpOmniscient
    /// The same, staying with each choice for a while.
    case mptcpOmniscientDamped
    /// As the scheduler, but without switching cellular off where WiFi is known to be brief.
    case mptcpSmartScheduler
    /// One MPTCP connection over every path, and beside it one TCP connection over each.
    case mptcpCompeting

    /// What the mobile host opens.
    package var usesMPTCP: Bool {
        switch self {
        case .tcp, .tcpReconnect, .wifiFirst, .wifiFirstIdeal, .mobileIP, .optimalBuilt: false
        case .mptcp, .mptcpBackup, .mptcpSingle, .mptcpScheduler, .mptcpOmniscient, .mptcpOmniscientDamped,
            .mptcpSmartScheduler, .mptcpCompeting:
            true
        }
    }

    /// Whether its connection has an address that belongs to no path.
    package var hasHomeAddress: Bool {
        switch self {
        case .wifiFirstIdeal, .mobileIP, .optimalBuilt: true
        case .tcp, .tcpReconnect, .wifiFirst, .mptcp, .mptcpBackup, .mptcpSingle, .mptcpScheduler, .mptcpOmniscient,
            .mptcpOmniscientDamped, .mptcpSmartScheduler, .mptcpCompeting:
            false
        }
    }

    /// Whether it decides by what radios cost.
    package var savesEnergy: Bool {
        switch self {
        case .mptcpScheduler, .mptcpOmniscient, .mptcpOmniscientDamped, .mptcpSmartScheduler: true
        case .tcp, .tcpReconnect, .wifiFirst, .wifiFirstIdeal, .mobileIP, .optimalBuilt, .mptcp, .mptcpBackup,
            .mptcpSingle, .mptcpCompeting:
            false
        }
    }

    /// The path of a strategy that uses one alone.
    package var path: String? {
        switch self {
        case .tcp(let path), .tcpReconnect(let path): path
        case .wifiFirst, .wifiFirstIdeal, .mobileIP, .optimalBuilt, .mptcp, .mptcpBackup, .mptcpSingle,
            .mptcpScheduler, .mptcpOmniscient, .mptcpOmniscientDamped, .mptcpSmartScheduler, .mptcpCompeting:
            nil
        }
    }

    /// nil where `name` is no strategy over paths of these names.
    package init?(name: String, paths: [String]) {
        guard let strategy = Self.all(paths: paths).first(where: { $0.description == name }) else { return nil }
        self = strategy
    }

    private static let ofAllPaths: [Strategy] = [
        .wifiFirst, .wifiFirstIdeal, .mobileIP, .optimalBuilt, .mptcp, .mptcpBackup, .mptcpSingle, .mptcpScheduler,
        .mptcpOmniscient, .mptcpOmniscientDamped, .mptcpSmartScheduler, .mptcpCompeting,
    ]

    /// Every strategy that can be written for paths of these names.
    package static func all(paths: [String]) -> [Strategy] {
        paths.map { .tcp(path: $0) } + paths.map { .tcpReconnect(path: $0) } + ofAllPaths
    }

    /// What is run where a replay names none: MPTCP and all that the strongest Optimal TCP is made from.
    package static func standard(paths: [String]) -> [Strategy] {
        paths.map { .tcp(path: $0) } + paths.map { .tcpReconnect(path: $0) }
            + (paths.count > 1 ? [.optimalBuilt] : []) + [.mptcp]
    }

    /// Why paths of these kinds cannot be used so, as the end of a sentence; nil where they can.
    package func objection(to kinds: [PathKind]) -> String? {
        switch self {
        case .tcp, .tcpReconnect, .mptcp, .optimalBuilt, .mptcpCompeting:
            return nil
        case .wifiFirst, .wifiFirstIdeal, .mobileIP, .mptcpBackup, .mptcpSingle:
            guard kinds.contains(.wifi) else { return "needs a path of kind wifi to prefer, and there is none" }
            guard kinds.contains(where: { $0 != .wifi }) else {
                return "needs a path of another kind to fall back on, and all are wifi"
            }
            return nil
        case .mptcpScheduler, .mptcpOmniscient, .mptcpOmniscientDamped, .mptcpSmartScheduler:
            // The energy models know these two radios.
            guard kinds.allSatisfy({ $0 != .other }) else {
                return "needs to know what each radio costs, so every path must be of kind wifi or cellular"
            }
            guard kinds.count > 1 else { return "needs at least two paths to choose from" }
            guard self != .mptcpSmartScheduler || kinds.contains(.wifi) && kinds.contains(.cellular) else {
                return "needs a path of kind wifi and one of kind cellular"
            }
            return nil
        }
    }

    package var description: String {
        switch self {
        case .tcp(let path): "tcp-\(path)"
        case .tcpReconnect(let path): "tcp-\(path)-reconnect"
        case .wifiFirst: "wifi-first"
        case .wifiFirstIdeal: "wifi-first-ideal"
        case .mobileIP: "mobile-ip"
        case .optimalBuilt: "optimal-built"
        case .mptcp: "mptcp"
        case .mptcpBackup: "mptcp-backup"
        case .mptcpSingle: "mptcp-single"
        case .mptcpScheduler: "mptcp-scheduler"
        case .mptcpOmniscient: "mptcp-omniscient"
        case .mptcpOmniscientDamped: "mptcp-omniscient-damped"
        case .mptcpSmartScheduler: "mptcp-smart-scheduler"
        case .mptcpCompeting: "mptcp-competing"
        }
    }
}
