// SPDX-License-Identifier: Apache-2.0
import Glibc
import KernelTier
import SystemPackage

/// What the kernel's coupled congestion control logs about every acknowledgement in congestion avoidance.
struct CoupledTrace {
    struct Acknowledgement {
        let socket: String
        let acked: Double
        /// A window is a number of whole packets and a part in units of 2^-24 packets.
        let window: (packets: Int64, part: Int64)
        let increase: Int64
        let after: (packets: Int64, part: Int64)
        /// Every subflow that counted, by its socket.
        let paths: [(socket: String, path: CoupledModel.Path)]

        var index: Int? { paths.firstIndex { $0.socket == socket } }
    }

    static let unit = Double(1 << 24)
    private(set) var acknowledgements: [Acknowledgement] = []
    /// The number of groups of subflows that were made and that are gone.
    private(set) var groups = (made: 0, gone: 0)

    /// Traces what `body` does.
    ///
    /// - Parameter groups: whether to trace only how groups come and go, and no acknowledgement.
    init(groups onlyGroups: Bool = false, of body: () throws -> Void) throws {
        let functions = onlyGroups ? ["func coupled_group_get ", "func coupled_group_put "] : [""]
        for function in functions { try Self.set("\(function)module mptcp_coupled +p") }
        let log = try KernelLog()
        do {
            try body()
        } catch {
            try Self.set("module mptcp_coupled -p")
            _ = try log.finish()
            throw error
        }
        try Self.set("module mptcp_coupled -p")
        take(try log.finish().map(\.text))
    }

    private static func set(_ query: String) throws {
        let file = try FileDescriptor.open("/proc/dynamic_debug/control", .writeOnly)
        try file.closeAfter { _ = try file.writeAll(query.utf8) }
    }

    private mutating func take(_ lines: [String]) {
        var paths: [(socket: String, path: CoupledModel.Path)] = []
        for line in lines where line.hasPrefix("MPTCP: ") {
            let words = line.split(whereSeparator: { " .".contains($0) }).dropFirst().map(String.init)
            switch words.dropFirst().first {
            case "cwnd" where words.count == 7:
                guard let window = Double(words[2]), let roundTrip = Double(words[4]), let delivered = Double(words[6])
                else { continue }
                paths.append((words[0], .init(window: window, roundTrip: roundTrip, delivered: delivered)))
            case "acked" where words.count == 11:
                let numbers = [2, 4, 5, 7, 9, 10].compactMap { Int64(words[$0]) }
                guard numbers.count == 6 else { continue }
                acknowledgements.append(
                    Acknowledgement(
                        socket: words[0], acked: Double(numbers[0]), window: (numbers[1], numbers[2]),
                        increase: numbers[3], after: (numbers[4], numbers[5]), paths: paths))
                paths = []
            case "made": groups.made += 1
            case "gone": groups.gone += 1
            default: continue
            }
        }
    }
}
