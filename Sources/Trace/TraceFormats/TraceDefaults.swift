// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Traces

/// Defaults for what a replay needs and a walk's source does not say. They are written into the traces made from it.
public enum TraceDefaults {
    /// A full Ethernet-sized IP packet.
    public static let packet = ByteCount(1500)
    /// The TCP payload in a full packet with timestamps: 1500 - 20 (IPv4) - 32 (TCP).
    public static let payload = ByteCount(1448)

    /// Converts goodput to the IP capacity that carries it, to the nearest whole bit per second.
    public static func capacity(carrying goodput: DataRate) -> DataRate {
        let exact = goodput.bitsPerSecond * Double(packet.bytes) / Double(payload.bytes)
        return DataRate(bitsPerSecond: exact.rounded())
    }

    /// The assumed rate of an uplink that was not measured: a third of the downlink's rate, but at least 1 Mb/s. If the
    /// downlink carries nothing, the uplink carries nothing either: a radio out of reach is out of reach both ways, and
    /// 1 Mb/s there would carry an upload through every outage.
    public static func uplink(besides downlink: DataRate) -> DataRate {
        guard downlink > .zero else { return .zero }
        return DataRate(bitsPerSecond: max((downlink.bitsPerSecond / 3).rounded(), 1e6))
    }

    /// The default round-trip time of a kind of path; nil if the kind has no default.
    package static func roundTrip(of kind: PathKind) -> Duration? {
        switch kind {
        case .wifi: .milliseconds(20)
        case .cellular: .milliseconds(60)
        case .other: nil
        }
    }

    /// The larger of 100 ms at the 95th-percentile rate and 64 kB.
    package static func queue(of trace: PathTrace, _ direction: Direction) -> ByteCount {
        max(ByteCount(64_000), queue(holding: .milliseconds(100), of: trace, direction))
    }

    /// The bytes that pass in `time` at the trace's 95th-percentile rate, at least one packet.
    package static func queue(holding time: Duration, of trace: PathTrace, _ direction: Direction) -> ByteCount {
        max(packet, percentileRate(95, of: trace, direction).bytes(in: time))
    }

    /// The lowest rate that the direction does not exceed for `percent` of the trace's duration, outages included.
    package static func percentileRate(_ percent: Int64, of trace: PathTrace, _ direction: Direction) -> DataRate {
        let samples = trace.samples
        var spans: [(rate: DataRate, nanoseconds: Int64)] = []
        spans.reserveCapacity(samples.count)
        for (index, sample) in samples.enumerated() {
            let end = index + 1 < samples.count ? samples[index + 1].time : trace.duration
            spans.append(
                (sample.attached ? sample[direction].rate : .zero, (end - sample.time).wholeNanoseconds))
        }
        spans.sort { $0.rate < $1.rate }
        let wanted = trace.duration.wholeNanoseconds * percent
        var covered: Int64 = 0
        for span in spans {
            covered += span.nanoseconds
            if covered * 100 >= wanted { return span.rate }
        }
        return spans.last?.rate ?? .zero
    }
}
