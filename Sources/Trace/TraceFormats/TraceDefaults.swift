// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Traces

/// What a walk's source does not say and a replay needs; all of it is written into the traces made from it.
public enum TraceDefaults {
    /// A full Ethernet-sized IP packet, and the TCP payload in it with timestamps: 1500 - 20 (IPv4) - 32 (TCP).
    public static let packet = ByteCount(1500)
    public static let payload = ByteCount(1448)

    /// Goodput to the IP capacity that it took, to the nearest whole bit per second.
    public static func capacity(carrying goodput: DataRate) -> DataRate {
        let exact = goodput.bitsPerSecond * Double(packet.bytes) / Double(payload.bytes)
        return DataRate(bitsPerSecond: exact.rounded())
    }

    /// An uplink nobody measured: the same shape as the downlink at a third of its rate, at least 1 Mb/s. Where the
    /// downlink carries nothing neither does the uplink: a radio out of reach is out of reach both ways, and 1 Mb/s
    /// there would carry an upload through every outage.
    public static func uplink(besides downlink: DataRate) -> DataRate {
        guard downlink > .zero else { return .zero }
        return DataRate(bitsPerSecond: max((downlink.bitsPerSecond / 3).rounded(), 1e6))
    }

    /// nil where nothing is known of the kind.
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

    /// What passes in `time` at the trace's 95th-percentile rate, at least one packet.
    package static func queue(holding time: Duration, of trace: PathTrace, _ direction: Direction) -> ByteCount {
        max(packet, percentileRate(95, of: trace, direction).bytes(in: time))
    }

    /// The lowest rate at or below which the direction is for `percent` of the trace's duration, outages included.
    package static func percentileRate(_ percent: Int64, of trace: PathTrace, _ direction: Direction) -> DataRate {
        let ends = trace.samples.dropFirst().map(\.time) + [trace.duration]
        let spans = zip(trace.samples, ends)
            .map { (rate: $0.attached ? $0[direction].rate : .zero, nanoseconds: ($1 - $0.time).wholeNanoseconds) }
            .sorted { $0.rate < $1.rate }
        let wanted = trace.duration.wholeNanoseconds * percent
        var covered: Int64 = 0
        for span in spans {
            covered += span.nanoseconds
            if covered * 100 >= wanted { return span.rate }
        }
        return spans.last?.rate ?? .zero
    }
}
