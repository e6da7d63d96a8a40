// SPDX-License-Identifier: Apache-2.0
/// How the mobile host notices that a path has come or gone.
public struct Mobility: Codable, Sendable, Equatable {
    /// What happens on the mobile host when it notices that a radio is gone; all of it is undone when the radio is
    /// back.
    public enum Mode: String, Codable, Sendable, CaseIterable {
        /// Link, address, route and MPTCP endpoint go and come together.
        case informed
        /// The interface is set down and its routes go with it; MPTCP is told nothing.
        case linkDown = "link-down"
        /// The interface loses its carrier; nothing is configured.
        case carrier
        /// The address is deleted and its routes go with it; the link stays up and MPTCP is told nothing.
        case addressLoss = "address-loss"
        /// Nothing: packets vanish.
        case blackhole
    }

    /// What the mobile host does when a radio is gone.
    public var mode = Mode.informed
    /// How long before a radio is lost the mobile host sees it fading. If another path is available, the host then asks
    /// its peer to send no more over the fading one, so that the data in flight arrives before the link breaks. Zero:
    /// never. Without MPTCP it has no effect.
    public var warning = Duration.zero
    /// The time from the loss of the link until the mobile host acts on it.
    public var detection = Duration.zero
    /// The time from the return of the link until its address is usable.
    public var acquisition = Duration.zero
    /// Strategy `mobile-ip`: the time from the mobile host's move until its home agent has heard of it; nil: the
    /// round-trip time of the path that it moves to.
    public var registration: Duration?
    /// Strategy `mobile-ip`: the host leaves WiFi below this signal, in dBm.
    public var leaveSignal = -80.0
    /// Strategy `mobile-ip`: how far the signal must rise above ``leaveSignal`` before the host takes WiFi again, in
    /// dB.
    public var signalHysteresis = 5.0

    /// Creates the default: the mobile host acts at once on what it is informed of.
    public init() {}
}
