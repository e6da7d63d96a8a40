// SPDX-License-Identifier: Apache-2.0
/// The keys of a replay's file, for code elsewhere that sets their values.
package enum ReplayKeys {
    package static let sections = ReplayDocument.keys.filter { !["name", "strategies", "seeds"].contains($0) }
}
