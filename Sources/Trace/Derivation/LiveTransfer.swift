// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Pcap
import Quantities
import Traces

/// A bulk transfer that was made during the walk, over TCP or Multipath TCP: the in-order bytes that its receiver had,
/// over time.
package struct LiveTransfer: Sendable, Equatable {
    package let isMultipath: Bool
    /// The path of its first SYN, or of the first captured packet.
    package let path: String
    package let direction: Direction
    package let start: Timestamp
    /// The in-order bytes that were acknowledged in each 10 ms since the start.
    package let bins: [UInt32]

    package var duration: Duration { LiveFlow.bin * bins.count }
    package var bytes: ByteCount { ByteCount(bins.reduce(0) { $0 + Int64($1) }) }

    /// A smaller transfer is not a bulk transfer, but other traffic of the walk.
    static let least = ByteCount(250_000)

    /// The most bins of all transfers of a walk: 55 hours.
    static let mostBins = 20_000_000

    /// nil if too few bytes were transferred.
    ///
    /// - Parameters:
    ///   - flows: one TCP connection, or all subflows of one Multipath TCP connection, including its first.
    ///   - most: the most bins.
    /// - Throws: `Fault` (bad input) if the transfer is longer.
    init?(_ flows: [LiveFlow], most: Int = LiveTransfer.mostBins) throws {
        let isMultipath = flows.contains(where: \.isMultipath)
        // The subflow that opened the connection is the first one, even if the captures' clocks differ slightly.
        guard let opening = flows.first(where: \.opensConnection) ?? flows.min(by: { $0.first < $1.first }) else {
            return nil
        }
        let origin = opening.first.number(of: LiveFlow.binNanoseconds)
        func grown(_ direction: Direction) -> [Int64: UInt32] {
            var points: [(bin: Int64, value: UInt32)] = []
            for flow in flows {
                let all = isMultipath ? flow.dataAcknowledged : flow.acknowledged
                points += direction == .down ? all.down.points : all.up.points
            }
            points.sort { $0.bin != $1.bin ? $0.bin < $1.bin : LiveFlow.Progress.grows(from: $0.value, to: $1.value) }
            var bins: [Int64: UInt32] = [:]
            guard var top = points.first?.value else { return [:] }
            for point in points.dropFirst() where LiveFlow.Progress.grows(from: top, to: point.value) {
                bins[max(0, point.bin - origin), default: 0] += point.value &- top
                top = point.value
            }
            return bins
        }
        func sum(_ bins: [Int64: UInt32]) -> Int64 { bins.values.reduce(0) { $0 + Int64($1) } }
        let (down, up) = (grown(.down), grown(.up))
        let larger = sum(down) >= sum(up) ? down : up
        guard sum(larger) >= Self.least.bytes, let lastGrowth = larger.keys.max() else { return nil }
        // A receiver that waits for a byte that never comes waits until the connection is closed, or until its last
        // packet.
        let end = flows.compactMap(\.closed).min() ?? flows.map(\.last).max() ?? opening.last
        let count = Int(max(lastGrowth + 1, end.number(of: LiveFlow.binNanoseconds) - origin))
        guard count <= most else {
            throw Fault(
                .badInput,
                "the live transfers last more than \((Double(Self.mostBins) / 360_000).rounded(.down).text()) h "
                    + "together, which would take too much memory; predict a part of the walk")
        }
        var bins = [UInt32](repeating: 0, count: count)
        for (bin, bytes) in larger { bins[Int(bin)] = bytes }
        self.isMultipath = isMultipath
        path = opening.path
        direction = sum(down) >= sum(up) ? .down : .up
        start = opening.first
        self.bins = bins
    }
}

extension LiveTransfer {
    /// All transfers in several captures of one walk, in order of their start.
    ///
    /// - Parameters:
    ///   - shifts: the durations to add to each capture's timestamps.
    ///   - notes: receives sentences for the user.
    /// - Throws: `Fault` (bad input) if a capture cannot be read or no capture has a transfer.
    package static func all(
        in sources: [CaptureSource], shifts: [Duration], alignsStarts: Bool, notes: inout [String]
    ) throws -> [LiveTransfer] {
        var flows: [LiveFlow] = []
        for (source, shift) in zip(sources, shifts) {
            flows += try Self.flows(in: source, shift: shift, alignsStarts: alignsStarts)
        }
        var all: [LiveTransfer] = []
        var left = mostBins
        for group in groups(flows) {
            guard let transfer = try LiveTransfer(group, most: left) else { continue }
            left -= transfer.bins.count
            all.append(transfer)
        }
        // Each is compared with every other one below.
        guard all.count <= mostTransfers else {
            throw Fault(
                .badInput,
                "there are more than \(mostTransfers) live transfers; predict a part of the walk")
        }
        all.sort { $0.start < $1.start }
        guard !all.isEmpty else {
            throw Fault(
                .badInput,
                "there is no live transfer in \(sources.map(\.file).joined(separator: ", ")), because no TCP or MPTCP "
                    + "connection moved "
                    + "\(least.bytes / 1000) kB or more; capture a bulk transfer from its first packet on")
        }
        let alone = all.filter { one in
            !all.contains { other in
                let common = min(one.end, other.end) - max(one.start, other.start)
                return other.bytes > one.bytes && common > one.duration / 2
            }
        }
        if alone.count < all.count {
            notes.append(
                "\(all.count - alone.count) transfers next to larger ones are left out; their bytes are missing "
                    + "from the "
                    + "live goodput and from the prediction"
            )
        }
        return alone
    }

    /// The transfer's start on the traces' clock.
    package func start(in derivation: Derivation) -> Duration { start - derivation.start }

    private static let mostTransfers = 5000

    private var end: Timestamp { start.shifted(by: duration) }

    private static func flows(
        in source: CaptureSource, shift: Duration, alignsStarts: Bool
    ) throws -> [LiveFlow] {
        let survey = try CaptureSurvey(source)
        let whole = survey.shift(shift, alignsStarts: alignsStarts)
        var interfaces = zip(survey.near, survey.pathNames).map { LiveFlows(near: $0, path: $1) }
        var reader = try CaptureReader(source.file)
        try reader.forEach { packet in
            if packet.interface < interfaces.count { try interfaces[packet.interface].add(packet, shift: whole) }
        }
        return interfaces.flatMap(\.all)
    }

    /// Groups flows by connection. Each TCP connection is its own group. A subflow belongs to the connection that its
    /// token names; if the token was not captured or is of version 0, it belongs to the connection that was opened last
    /// before it.
    private static func groups(_ flows: [LiveFlow]) -> [[LiveFlow]] {
        let multipath = flows.filter(\.isMultipath).sorted { $0.first < $1.first }
        var groups = multipath.filter(\.opensConnection).map { [$0] }
        var named: [UInt32: Int] = [:]
        for (index, group) in groups.enumerated() {
            for token in group[0].tokens where named[token] == nil { named[token] = index }
        }
        let openings = LastInstant(groups.map { $0[0].first })
        var strays: [LiveFlow] = []
        for flow in multipath where !flow.opensConnection {
            if let index = flow.joinToken.flatMap({ named[$0] }) ?? openings.index(at: flow.first) {
                groups[index].append(flow)
            } else {
                strays.append(flow)
            }
        }
        if !strays.isEmpty { groups.append(strays) }
        return groups + flows.filter { !$0.isMultipath }.map { [$0] }
    }
}
