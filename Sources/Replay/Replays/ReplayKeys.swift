// SPDX-License-Identifier: Apache-2.0
/// The keys of a replay's file, for what sets them from elsewhere.
package enum ReplayKeys {
    package static let sections = ReplayDocument.keys.filter { !["name", "strategies", "seeds"].contains($0) }
}
