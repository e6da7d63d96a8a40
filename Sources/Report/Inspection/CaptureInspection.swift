// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Pcap
import Quantities

enum CaptureInspection {
    static func inspect(_ path: String) throws -> Inspection {
        var reader = try CaptureReader(path)
        let summary = CaptureSummary(of: &reader)
        let statistics = reader.statistics
        let rows = reader.interfaces.enumerated().map { index, interface in
            Row(
                name: interface.name ?? "\(index)", interface: interface, statistics: statistics[index],
                counts: index < summary.interfaces.count ? summary.interfaces[index] : CaptureSummary.Interface())
        }
        let wrapping = reader.compression.map { " in \($0)" } ?? ""
        let packets = rows.map { $0.counts.packets }.reduce(0, +)
        let origin = rows.compactMap { $0.counts.first }.min()
        let since = origin.map { ", from \($0)" } ?? ""
        let damage = reader.damage
        var text = ["\(path): \(reader.format.name)\(wrapping), \(packets) packets\(since)\n"]
        text.append(table(rows, from: origin).text)
        for row in rows { text += row.plots }
        let notes = notes(rows, damage)
        if !notes.isEmpty { text.append(notes.map { "\($0)\n" }.joined()) }
        return Inspection(
            kind: "capture",
            [
                "format": .string(reader.format.name), "interfaces": .array(rows.map { $0.document }),
                "damage": .array(
                    damage.first.map { .object(["offset": .integer($0.offset), "message": .string($0.message)]) }),
                "damage_count": .integer(Int64(damage.count)),
            ], text: text.joined(separator: "\n"))
    }

    private static func table(_ rows: [Row], from origin: Timestamp?) -> TextTable {
        var table = TextTable(textColumns: [1])
        table.add([
            "interface", "link", "packets", "wire MB", "IP MB", "TCP", "UDP", "first s", "last s", "mean Mb/s",
            "max Mb/s", "drops",
        ])
        for row in rows {
            let internet = row.counts.protocols.internet.bytes
            func share(_ count: CaptureSummary.Count) -> String {
                guard internet > .zero else { return "-" }
                return (Double(count.bytes.bytes) / Double(internet.bytes) * 100).text(decimals: 1) + " %"
            }
            func seconds(_ time: Timestamp?) -> String {
                guard let time, let origin else { return "-" }
                return (time - origin).seconds.text(decimals: 3)
            }
            table.add([
                row.name, row.interface.linkType.name, "\(row.counts.packets)",
                row.counts.wireBytes.megabytes.text(decimals: 3), internet.megabytes.text(decimals: 3),
                share(row.counts.protocols.tcp), share(row.counts.protocols.udp), seconds(row.counts.first),
                seconds(row.counts.last), row.mean.map { $0.megabitsPerSecond.text(decimals: 2) } ?? "-",
                row.perSecond.max().map { $0.megabitsPerSecond.text(decimals: 2) } ?? "-",
                row.drops.map { "\($0)" } ?? "-",
            ])
        }
        return table
    }

    private static func notes(_ rows: [Row], _ damage: DamageLog) -> [String] {
        var notes: [String] = []
        for row in rows {
            let counts = row.counts
            if counts.backwards.count > 0, let offset = counts.backwards.firstOffset {
                notes.append(
                    "\(row.name): the time goes backwards \(counts.backwards.count) times, by up to "
                        + "\(Self.text(counts.backwards.largest)), first at byte \(offset)"
                )
            }
            if counts.packetsWithoutTime > 0 {
                notes.append("\(row.name): \(counts.packetsWithoutTime) packets have no time")
            }
            if counts.protocols.notInternet > 0 {
                notes.append(
                    "\(row.name): \(counts.protocols.notInternet) packets hold no IP packet that walkback reads")
            }
            if counts.throughput.unplaced > .zero {
                notes.append(
                    "\(row.name): \(counts.throughput.unplaced.bytes) bytes are at least two days away from the others")
            }
        }
        notes += damage.first.map { "damage \($0)" }
        if damage.count > damage.first.count {
            notes.append("and \(damage.count - damage.first.count) more cases of damage")
        }
        return notes
    }

    private static func text(_ span: Duration) -> String {
        span < .seconds(1)
            ? "\(span.milliseconds.text(significantDigits: 3)) ms" : "\(span.seconds.text(significantDigits: 3)) s"
    }

    private struct Row {
        var name: String
        var interface: CaptureInterface
        var statistics: InterfaceStatistics?
        var counts: CaptureSummary.Interface

        /// Packets dropped by the interface and by the system; nil if the capture does not say.
        var drops: UInt64? {
            let known = [statistics?.droppedByInterface, statistics?.droppedBySystem].compactMap { $0 }
            return known.isEmpty ? nil : known.reduce(0) { $0.addingReportingOverflow($1).partialValue }
        }

        var mean: DataRate? {
            guard let first = counts.first, let last = counts.last, first < last else { return nil }
            return counts.protocols.internet.bytes.rate(over: last - first)
        }

        /// IP bytes of both directions.
        var perSecond: [DataRate] { Self.rates(counts.throughput.bins.map(\.total), each: 10) }

        private static func rates(_ bins: [ByteCount], each count: Int) -> [DataRate] {
            stride(from: 0, to: bins.count, by: count).map { start in
                bins[start..<min(start + count, bins.count)].reduce(.zero, +).rate(over: Throughput.bin * count)
            }
        }

        /// One plot for each direction with traffic, or one for both if the directions are not known.
        var plots: [String] {
            let bins = counts.throughput.bins
            let series: [(String, [Int64])] = [
                ("in", bins.map(\.inbound)), ("out", bins.map(\.outbound)),
                ("direction unknown", bins.map(\.unknown)),
            ]
            return series.filter { $0.1.contains { $0 > 0 } }.map { direction, bytes in
                TerminalPlot.text(
                    title: "\(name), \(direction)", Self.rates(bytes.map { ByteCount($0) }, each: 1),
                    step: Throughput.bin)
            }
        }

        var document: JSON {
            func time(_ time: Timestamp?) -> JSON { time.map { .integer($0.nanoseconds) } ?? .null }
            return .object([
                "name": interface.name.map { .string($0) } ?? .null,
                "description": interface.description.map { .string($0) } ?? .null,
                "link_type": .string(interface.linkType.name), "packets": .integer(Int64(counts.packets)),
                "cut_packets": .integer(Int64(counts.cutPackets)), "wire_bytes": .bytes(counts.wireBytes),
                "ip_packets": .integer(Int64(counts.protocols.internet.packets)),
                "ip_bytes": .bytes(counts.protocols.internet.bytes), "tcp_bytes": .bytes(counts.protocols.tcp.bytes),
                "udp_bytes": .bytes(counts.protocols.udp.bytes), "first_ns": time(counts.first),
                "last_ns": time(counts.last), "backward_steps": .integer(Int64(counts.backwards.count)),
                "drops": drops.map { .integer(Int64(clamping: $0)) } ?? .null,
            ])
        }
    }
}
