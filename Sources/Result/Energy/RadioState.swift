// SPDX-License-Identifier: Apache-2.0
/// What a radio is doing, as far as its power depends on it. For WiFi, `idle` is the associated idle state and
/// `promotion` is the resumption from it.
package enum RadioState: String, Sendable, CaseIterable {
    /// The path is detached.
    case off
    /// Joining a network; modelled as an amount of energy, spent at the instant of attachment.
    case association
    /// Attached and asleep.
    case idle
    /// Waking from `idle`; modelled as an amount of energy, spent at the instant of the first byte.
    case promotion
    /// Carrying data.
    case active
    /// Awake after data, waiting for more.
    case tail

    /// The index in `allCases`.
    var place: Int {
        switch self {
        case .off: 0
        case .association: 1
        case .idle: 2
        case .promotion: 3
        case .active: 4
        case .tail: 5
        }
    }
}
