// SPDX-License-Identifier: Apache-2.0
import Traces

/// Requirements on the paths that several strategies share. Each gives an objection as the end of a sentence; nil if
/// the requirement is met.
enum PathDemands {
    static func wifiAndAnother(_ kinds: [PathKind]) -> String? {
        guard kinds.contains(.wifi) else { return "needs a path of kind wifi to prefer, but there is none" }
        guard kinds.contains(where: { $0 != .wifi }) else {
            return "needs a path of another kind to fall back on, but all are wifi"
        }
        return nil
    }

    /// The energy models include only two radios.
    static func knownRadios(_ kinds: [PathKind]) -> String? {
        guard kinds.allSatisfy({ $0 != .other }) else {
            return "needs to know what each radio costs, so every path must be of kind wifi or cellular"
        }
        return kinds.count > 1 ? nil : "needs at least two paths to choose from"
    }
}
