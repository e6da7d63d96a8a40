// SPDX-License-Identifier: Apache-2.0
import Quantities

/// What one direction of a path does to a packet, apart from making it wait for capacity and in the queue. Each
/// property is a `LinkColumn` and a slot in the link table that the BPF program reads.
public struct LinkConditions: Sendable, Equatable {
    /// One-way propagation delay, without queueing.
    public var delay: Duration
    /// Probability, 0 to 1, that a packet is lost after it has used the link.
    public var loss: Double

    /// Creates conditions; each parameter is the property of the same name. The default link neither delays nor loses.
    public init(delay: Duration = .zero, loss: Double = 0) {
        self.delay = delay
        self.loss = loss
    }
}

extension LinkColumn {
    /// All columns, in the order of a trace's CSV. The conditions among them are in the order of `struct
    /// walkback_condition` (Sources/C/CBPF/walkback_link.h), which has one member for each, after the time.
    public static let all = [rate, delay, loss, attached, signal]

    /// IP-layer capacity. The kernel represents it as a curve and not as a condition.
    public static let rate = ofLink(
        "rate", .megabitsPerSecond, get: { $0.rate }, set: { $0.rate = $1 }, csv: { "\($0)_mbps" },
        linksCSV: "capacity_mbps", loss: .always("capacity"), isRequired: true)

    /// One-way propagation delay, without queueing.
    public static let delay = condition(
        "delay", \.delay, .milliseconds, word: LinkWord.nanoseconds, csv: { "delay_\($0)_ms" }, linksCSV: "delay_ms",
        loss: .always("delays"), isRequired: true)

    /// Probability that a packet is lost after it has used the link.
    public static let loss = condition(
        "loss", \.loss, .probability, word: LinkWord.chance, csv: { "loss_\($0)" }, linksCSV: "loss",
        loss: .whereSet("losses"), isRequired: true)

    /// Whether the path's address is usable.
    public static let attached = ofPath(
        "attached", \.attached, .flag("is neither 0 nor 1; write 1 where the address is usable"), csv: "attached",
        linksCSV: "attached", loss: .always("attachment"), isRequired: true)

    /// Received signal strength, for reports and energy.
    public static let signal = ofPath(
        "signal", \.signal, .decibelMilliwatts, csv: "signal_dbm", linksCSV: nil, loss: .never, isRequired: true)

    /// The words that the kernel's condition holds after its time, in its order.
    package static let words = all.compactMap(\.word)
}
